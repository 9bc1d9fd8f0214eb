package control_test

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// Who sets the value that a secret has already changes nothing; who asks for
// it gets a new version all the same.
func TestSettingTheSameValueOfASecretIsNoChange(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	set := func(value string, rotate bool) lockstep.ConfigUpdateResult {
		t.Helper()
		return must(w.world, got(w.control.UpdateOwnVariables(t.Context(), ana, "", "", lockstep.ConfigUpdate{
			Variables: []lockstep.VariableChange{secretly("API_KEY", value)}, Options: lockstep.ConfigUpdateOptions{RotateSecrets: rotate},
		})))
	}
	has := func(versions int, when string) {
		t.Helper()
		if all := w.uses("staging").Versions; len(all) != versions {
			t.Errorf("%s it has %d versions, want %d", when, len(all), versions)
		}
	}
	set("hunter2", false)
	before := w.newestOf("API_KEY")
	if r := set("hunter2", false); len(r.Changes)+len(r.Environments) != 0 {
		t.Errorf("the same value is a change: %+v", r)
	}
	has(1, "set again")
	if after := w.newestOf("API_KEY"); !after.LastModified.Equal(before.LastModified) || after.ModifiedBy != before.ModifiedBy {
		t.Errorf("it was changed at %s by %s, was at %s", after.LastModified, after.ModifiedBy, before.LastModified)
	}
	if r := set("hunter2", true); len(r.Changes) != 1 || len(r.Environments) == 0 {
		t.Errorf("it was to be a new version: %+v", r)
	}
	has(2, "rotated")
	if r := set("hunter3", false); len(r.Changes) != 1 {
		t.Errorf("another value is no change: %+v", r)
	}
	has(3, "with another value")
	if r := set("hunter2", false); len(r.Changes) != 1 {
		t.Errorf("an earlier value is no change: %+v", r)
	}
	has(4, "with an earlier value")

	// What cannot be opened any more is replaced, whatever it was.
	must(w.world, w.revoke(4, true))
	if r := set("hunter2", false); len(r.Changes) != 1 {
		t.Errorf("a value that is gone is what it was: %+v", r)
	}
	has(5, "after it was revoked")
}

// newestOf is a variable of the project as it stands.
func (w *secretWorld) newestOf(key string) lockstep.Variable {
	w.Helper()
	all := must(w.world, got(w.control.OwnVariables(w.Context(), "", "")))
	for _, v := range all.Variables {
		if v.Key == key {
			return v
		}
	}
	w.Fatalf("there is no %s: %+v", key, all)
	return lockstep.Variable{}
}
