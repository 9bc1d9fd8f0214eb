package config_test

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// What the matrix said before there were references says the same when its
// document is written anew.
func TestCurrentKeepsWhatOldDocumentsSay(t *testing.T) {
	t.Parallel()
	old := lockstep.ConfigDocument{Services: map[string]lockstep.ServiceConfig{
		"backend": {Env: map[string]string{"A": "${HOST}/x", "HOST": "h"}, Defaults: map[string]string{"B": "$${HOST} ${"}},
	}}
	services := services("backend")
	before, problems := config.Resolve(old, services, production)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	now := config.Current(old)
	after, problems := config.Resolve(now, services, production)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for key, want := range before["backend"].Env {
		if got := after["backend"].Env[key]; got != want {
			t.Errorf("%s was %q and is %q", key, want, got)
		}
	}
	if now.Format != lockstep.ConfigFormat || old.Format != 0 || old.Services["backend"].Env["A"] != "${HOST}/x" {
		t.Errorf("%+v of %+v", now, old)
	}
}
