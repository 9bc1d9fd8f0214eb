package control_test

import (
	"errors"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// What runs has its values, however many deployments there were since.
func TestInstancesOfLongAgoAreSeenToHaveTheirSecrets(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	url := "https://${API_KEY}"
	must(w.world, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", lockstep.ConfigUpdate{
		Variables: []lockstep.VariableChange{{Key: "URL", Scope: lockstep.ScopeService, Target: "backend", Value: &url}},
	})))
	w.shipped()
	w.run(lockstep.InstanceReady, 2) // and they stay
	w.value("hunter3")
	for range 110 {
		w.shipped()
	}
	use := w.uses("staging")
	if len(use.Versions[0].Instances) != 0 || len(use.Versions[1].Instances) != 4 {
		t.Errorf("version 2: %+v, version 1: %+v", use.Versions[0].Instances, use.Versions[1].Instances)
	}
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "API_KEY version 1 is in use by staging/backend-")

	// One that nobody knows anything of may have any.
	w.sees.set(control.Observation{Instances: []lockstep.Instance{{ID: "stranger", Group: "of nobody", Service: "backend"}}}, nil)
	if use = w.uses("staging"); len(use.Unseen) != 1 || use.Unseen[0] != "staging" {
		t.Errorf("unseen: %v", use.Unseen)
	}
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "cannot be seen")
	w.sees.set(control.Observation{}, errors.New("it is away"))
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "cannot be seen")
	w.sees.set(control.Observation{}, nil)
	must(w.world, w.revoke(1, false))
}
