package store

import (
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// A's column says of each dependency what the environment says.
func TestADependencysRowSaysWhetherItIsEnabled(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), Options{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() //nolint:errcheck // nothing follows
	now := time.Now()
	env := lockstep.Environment{
		ID: "e", ProjectID: "p", Name: "production", Type: lockstep.TypeProduction, Status: lockstep.EnvironmentInactive, CreatedAt: now, UpdatedAt: now,
		Spec: lockstep.EnvironmentSpec{Dependencies: []lockstep.DependencyRecord{{Name: "cache", Type: lockstep.ServiceCache}, {Name: "database", Type: lockstep.ServiceDatabase}}},
	}
	enabled := func(disabled ...string) []string {
		t.Helper()
		var names []string
		err := s.Update(t.Context(), func(tx *Tx) error {
			if env.Disabled = disabled; len(disabled) == 0 {
				if err := tx.PutProject(lockstep.Project{ID: "p", Name: "shop", CreatedAt: now, UpdatedAt: now}); err != nil {
					return err
				}
			}
			if err := tx.PutEnvironment(env); err != nil {
				return err
			}
			names, err = queryAll(tx, scanText, "SELECT name FROM environment_services WHERE enabled = 1 ORDER BY name")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	for _, tt := range []struct{ disabled, want []string }{
		{nil, []string{"cache", "database"}},
		{[]string{"database", "web"}, []string{"cache"}},
		{[]string{"cache", "database"}, nil},
		{[]string{"web"}, []string{"cache", "database"}},
	} {
		if got := enabled(tt.disabled...); !slices.Equal(got, tt.want) {
			t.Errorf("with %v disabled: %v are enabled, want %v", tt.disabled, got, tt.want)
		}
	}
}
