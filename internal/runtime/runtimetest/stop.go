package runtimetest

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
)

func stopReturnsWhenGone(t *testing.T, w *world) {
	leaving, staying := w.group(t, "leaving", Serves), w.group(t, "staying", Serves)
	w.run(t, leaving, 2)
	before := w.run(t, staying, 1)
	w.stop(t, leaving)
	after := w.instances(t)
	if len(after) != 1 || !same(after[0], before[0]) {
		t.Errorf("after stop of the other group:\n%s", describe(after))
	}
}

func stopIsRepeatable(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	w.run(t, g, 1)
	call := w.call()
	for range 2 {
		must(t, w.Runtime.Stop(t.Context(), call, []string{g.ID, "never-000000000000"}, time.Second), "stop")
	}
	w.stop(t, g)
	if got := w.instances(t); len(got) != 0 {
		t.Errorf("after stop:\n%s", describe(got))
	}
}

func stopEndsTheStubborn(t *testing.T, w *world) {
	spec := w.Spec("backend", Stubborn)
	spec.StopGrace = lockstep.Duration(50 * time.Millisecond)
	g := w.groups(t, spec)[0]
	w.run(t, g, 1)
	w.stop(t, g)
	if got := w.instances(t); len(got) != 0 {
		t.Errorf("after stop:\n%s", describe(got))
	}
}

func stoppedGroupsStartAgainAfterPrepare(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	w.run(t, g, 1)
	w.stop(t, g)
	w.run(t, g, 1)
	w.wantStarts(t, map[string]int{g.ID + "-0": 2})
}

func anInterruptedStopIsFinishedByTheNext(t *testing.T, w *world) {
	spec := w.Spec("backend", Stubborn)
	spec.StopGrace = lockstep.Duration(500 * time.Millisecond)
	g := w.groups(t, spec)[0]
	w.run(t, g, 1)
	call := w.call()
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := w.Runtime.Stop(short, call, []string{g.ID}, time.Second); err == nil {
		t.Error("stop returned without an error before the instance can be gone")
	}
	must(t, w.Runtime.Stop(t.Context(), call, []string{g.ID}, time.Second), "stop again")
	if got := w.instances(t); len(got) != 0 {
		t.Errorf("after stop:\n%s", describe(got))
	}
}

func environmentsDoNotMix(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	before := w.run(t, g, 1)

	other := *w
	other.env, other.place.Environment = uuid.NewString(), "production"
	if got := other.instances(t); len(got) != 0 {
		t.Errorf("an environment that nobody prepared has instances:\n%s", describe(got))
	}
	other.run(t, g, 2)
	other.stop(t, g)

	after := w.instances(t)
	if len(after) != 1 || !same(after[0], before[0]) {
		t.Errorf("stopping the group of the same name elsewhere changed\n%s\nto\n%s", describe(before), describe(after))
	}
}

func removeForgetsAllButTheFence(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	w.run(t, g, 1)
	w.stop(t, g)
	w.prepare(t, g) // a group that was only prepared does not stand in the way
	for range 2 {
		must(t, w.Runtime.Remove(t.Context(), w.call()), "remove")
	}
	wantCode(t, w.Runtime.Start(t.Context(), w.call(), g.ID, 1), lockstep.CodeNotFound, "start after remove")
	late := w.call()
	late.Fence--
	wantCode(t, w.Runtime.Prepare(t.Context(), late, w.place, []lockstep.Group{g}), lockstep.CodeFenced, "a lower fence after remove")
	w.run(t, g, 1)
}

func removeRefusesWhileGroupsRun(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	before := w.run(t, g, 1)
	wantCode(t, w.Runtime.Remove(t.Context(), w.call()), lockstep.CodeConflict, "remove while a group runs")
	after := w.instances(t)
	if len(after) != 1 || !same(after[0], before[0]) {
		t.Errorf("a refused remove changed\n%s\nto\n%s", describe(before), describe(after))
	}
}
