package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// atOnce calls f n times at the same time.
func atOnce[T any](n int, f func(i int) result[T]) []result[T] {
	results := make(chan result[T], n)
	for i := range n {
		go func() { results <- f(i) }()
	}
	out := make([]result[T], n)
	for i := range out {
		out[i] = <-results
	}
	return out
}

func TestOfManyAppliesAtOnceOneWins(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		for _, seen := range []string{"0", "1"} {
			won := 0
			for _, r := range atOnce(8, func(i int) result[control.Applied] {
				text := strings.Replace(matrixText, "LOG_LEVEL: debug", "LOG_LEVEL: l"+seen+string(rune('a'+i)), 1)
				return w.tryApply(text, func(r *control.ApplyRequest) { r.IfMatch = seen })
			}) {
				if r.err == nil {
					won++
				} else {
					refused(w, r, lockstep.CodeStale)
				}
			}
			if won != 1 {
				w.Errorf("%d applies after version %s won, want 1", won, seen)
			}
		}
		if c := must(w, got(w.control.Config(w.Context(), control.By{}, "", "staging", false))); c.Latest != 2 {
			w.Errorf("config version %d, want 2", c.Latest)
		}
	})
}

func TestManyAtOnceWithOneKeyAreOneDeployment(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		by := control.By{Actor: "ana", Key: "k"}
		ids := map[string]bool{}
		for _, r := range atOnce(16, func(int) result[lockstep.Deployment] {
			return got(w.control.Deploy(w.Context(), by, "", "staging", lockstep.DeploymentRequest{Version: "1.0.0"}))
		}) {
			ids[must(w, r).ID] = true
		}
		if len(ids) != 1 {
			w.Errorf("%d deployments", len(ids))
		}
	})
}

func TestDeploymentsAtOnceQueueInOneOrder(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		for _, r := range atOnce(12, func(int) result[lockstep.Deployment] {
			return w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0"})
		}) {
			must(w, r)
		}
		for _, o := range must(w, got(w.control.Operations(w.Context(), "", ""))) {
			c := w.begin()
			if c.Operation.ID != o.ID {
				w.Fatalf("claimed %s, want %s", c.Operation.ID, o.ID)
			}
			if other := w.claim(); other != nil {
				w.Fatalf("%s was claimed beside it", other.Operation.ID)
			}
			w.end(c, lockstep.StatusCompleted)
		}
	})
}

func TestOfManyRollbacksAtOnceOneIsMade(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		w.deployed("staging", "1.0.0")
		w.release("1.1.0")
		second := w.deployed("staging", "1.1.0")
		won := 0
		for _, r := range atOnce(8, func(int) result[lockstep.Deployment] { return w.rollback(second.ID, control.RollbackRequest{}) }) {
			if r.err == nil {
				won++
			} else {
				refused(w, r, lockstep.CodeConflict, "already being rolled back")
			}
		}
		if won != 1 {
			w.Errorf("%d rollbacks, want 1", won)
		}
	})
}

// An approval and a rejection, a cancel and a claim: one of each pair wins,
// and the other is told.
func TestOnlyOneWordCounts(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		for range 5 {
			d := w.deploy("production", "1.0.0")
			won := 0
			for _, r := range atOnce(6, func(i int) result[lockstep.Deployment] {
				if i%2 == 0 {
					return got(w.control.Approve(w.Context(), bo, d.ID, control.ApprovalRequest{}))
				}
				return got(w.control.Reject(w.Context(), bo, d.ID, control.RejectionRequest{}))
			}) {
				if r.err == nil {
					won++
				} else {
					refused(w, r, lockstep.CodeConflict)
				}
			}
			if won != 1 {
				w.Errorf("%d words counted, want 1", won)
			}
			if status := w.deployment(d.ID).Status; status == lockstep.StatusPending {
				must(w, got(w.control.CancelDeployment(w.Context(), bo, d.ID)))
			}
		}
	})
}
