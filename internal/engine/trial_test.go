package engine_test

import (
	"testing"
	"testing/synctest"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// A canary that failed and is not taken back keeps its share; testers and
// copies were its trial's, and end with that.
func TestAFailureThatIsNotTakenBackEndsItsTrial(t *testing.T) {
	t.Parallel()
	options := store.Options{DataDir: t.TempDir()}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, options)
		defer w.close()
		w.prepared("env")
		e := w.read("env")
		e.Spec.Strategy.Weights = []int{20, 100}
		e.Spec.Strategy.Sticky = &lockstep.Sticky{}
		e.Spec.Strategy.Testers = &lockstep.Testers{Header: "X-Preview", Value: "yes"}
		e.Spec.Strategy.Mirror = 50
		w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
		_, stop := w.start("one")
		id := w.deploy("env", "worse", func(d *lockstep.Deployment) {
			d.Strategy, d.RollbackOnFailure = lockstep.StrategyCanary, false
		})
		op := w.finished(id)
		stop()
		r, err := w.fake.Get(t.Context(), "env")
		if err != nil {
			t.Fatal(err)
		}
		if op.Status != lockstep.StatusFailed || len(r.Revisions) != 2 {
			t.Fatalf("%s, and the routing is %+v\n%s", op.Status, r, journal(op))
		}
		if r.Testers != nil || r.Mirror != nil || r.Sticky == nil {
			t.Errorf("testers %+v, copies %+v, sticky %v\n%s", r.Testers, r.Mirror, r.Sticky, journal(op))
		}
	})
}
