package runtimetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

func jobOutputIsSeen(t *testing.T, w *world) {
	runner, ok := w.jobs(t)
	watcher, watches := w.Runtime.(runtime.JobWatcher)
	if !ok || !watches {
		return
	}
	call := w.call()
	_, err := watcher.JobOutput(t.Context(), w.env, call.Key)
	wantCode(t, err, lockstep.CodeNotFound, "output of a job that is not known")
	got, err := runner.RunJob(t.Context(), call, w.place, w.Job(JobSucceeds))
	must(t, err, "run job")
	seen, err := watcher.JobOutput(t.Context(), w.env, call.Key)
	must(t, err, "output of a job")
	if string(seen.End) != got.Output || seen.Total != int64(len(got.Output)) {
		t.Errorf("seen %q of %d bytes, want %q", seen.End, seen.Total, got.Output)
	}
}

// The ledger counts what is made and finds what is there, and what was
// removed is not.
func ledgerBalances(t *testing.T, w *world) {
	accountant, ok := w.Runtime.(runtime.Accountant)
	if !ok {
		return
	}
	ledger := func() (out lockstep.Ledger, processes lockstep.LedgerEntry) {
		out, err := accountant.Ledger(t.Context(), w.env)
		must(t, err, "read the ledger")
		for _, e := range out {
			if e.Kind == lockstep.LedgerProcesses {
				processes = e
			}
		}
		return out, processes
	}
	if l, _ := ledger(); len(l.Left()) > 0 {
		t.Errorf("of an environment that nobody knows there is %v", l.Left())
	}
	g := w.group(t, "backend", Serves)
	w.run(t, g, 2)
	if _, p := ledger(); p.Made != 2 || len(p.Left) != 2 || p.Removed != 0 {
		t.Errorf("two instances run: %+v", p)
	}
	w.stop(t, g)
	must(t, w.Runtime.Remove(t.Context(), w.call()), "remove")
	for deadline := time.After(patience); ; {
		l, p := ledger()
		if len(l.Left()) == 0 && p.Made == 2 && p.Removed == 2 {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("after the remove: %+v", l)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
