package engine

import (
	"slices"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// Nobody asks for what the router answers by itself.
func TestPathsOfWhatIsDisabledAreNotAskedFor(t *testing.T) {
	t.Parallel()
	page := lockstep.ServiceSpec{Name: "page", Routes: []string{"/"}, Health: lockstep.HealthSpec{Path: "/health"}, Validate: []string{"/", "/api/orders"}}
	api := lockstep.ServiceSpec{Name: "api", Routes: []string{"/api"}, Validate: []string{"/api/orders", "/about"}}
	groups, err := lockstep.RevisionContent{Services: []lockstep.ServiceSpec{page, api}}.Groups()
	if err != nil {
		t.Fatal(err)
	}
	for disabled, want := range map[string]struct {
		paths []string
		any   string
	}{
		"":     {[]string{"/api/orders", "/about", "/health", "/"}, "/"},
		"api":  {[]string{"/health", "/"}, "/"},
		"page": {[]string{"/api/orders"}, "/api"},
	} {
		v := verification{groups: groups, routes: routes(lockstep.Revision{}, groups)}
		v.environment.Disabled = []string{disabled}
		if got := v.paths(); !slices.Equal(got, want.paths) {
			t.Errorf("without %q: asks for %q, want %q", disabled, got, want.paths)
		}
		if got := v.anyPath(); got != want.any {
			t.Errorf("without %q: any path is %q, want %q", disabled, got, want.any)
		}
	}
}
