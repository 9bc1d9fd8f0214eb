package runtimetest

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

func lowerFencesAreRefused(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	before := w.run(t, g, 1)
	w.refuses(t, g, w.fence-1)

	// Seen is seen: a fence counts even where its call had nothing to do.
	w.fence++
	w.prepare(t, g)
	w.refuses(t, g, w.fence-1)

	after := w.instances(t)
	if len(after) != 1 || !same(after[0], before[0]) {
		t.Errorf("refused calls changed\n%s\nto\n%s", describe(before), describe(after))
	}
	w.start(t, g, 2)
	w.awaitReady(t, g, 2)
}

// refuses checks that every effect under the fence is refused.
func (w *world) refuses(t *testing.T, g lockstep.Group, fence int64) {
	t.Helper()
	late := func() runtime.Call {
		c := w.call()
		c.Fence = fence
		return c
	}
	wantCode(t, w.Runtime.Prepare(t.Context(), late(), w.place, []lockstep.Group{g}), lockstep.CodeFenced, "prepare under a lower fence")
	wantCode(t, w.Runtime.Start(t.Context(), late(), g.ID, 0), lockstep.CodeFenced, "start under a lower fence")
	wantCode(t, w.Runtime.Stop(t.Context(), late(), []string{g.ID}, time.Second), lockstep.CodeFenced, "stop under a lower fence")
	wantCode(t, w.Runtime.Remove(t.Context(), late()), lockstep.CodeFenced, "remove under a lower fence")
}

func fencesAreOfOneEnvironment(t *testing.T, w *world) {
	w.run(t, w.group(t, "backend", Serves), 1)
	other := *w
	other.env, other.fence = uuid.NewString(), w.fence-3
	other.run(t, other.group(t, "backend", Serves), 1)
}

func deathKeepsFencesKeysAndInstances(t *testing.T, w *world) {
	if w.Reopen == nil {
		t.Log("nothing here can die apart from the tests")
		return
	}
	g := w.group(t, "backend", Serves)
	w.prepare(t, g)
	start := w.call()
	must(t, w.Runtime.Start(t.Context(), start, g.ID, 2), "start")
	before := w.awaitReady(t, g, 2)

	w.Runtime = w.Reopen(t)
	after := w.awaitReady(t, g, 2)
	for i := range after {
		if !same(before[i], after[i]) {
			t.Errorf("death replaced %s:\n%s\nwere\n%s", after[i].ID, describe(after), describe(before))
		}
	}
	w.refuses(t, g, w.fence-1)
	must(t, w.Runtime.Start(t.Context(), start, g.ID, 2), "start again under the same key")
	w.wantStarts(t, map[string]int{g.ID + "-0": 1, g.ID + "-1": 1})

	w.stop(t, g)
	w.Runtime = w.Reopen(t)
	if got := w.instances(t); len(got) != 0 {
		t.Errorf("stopped instances came back:\n%s", describe(got))
	}
}
