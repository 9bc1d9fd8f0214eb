package runtimetest

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func prepareStartsNothing(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	w.prepare(t, g)
	if got := w.instances(t); len(got) != 0 {
		t.Errorf("after prepare there are instances:\n%s", describe(got))
	}
	w.wantStarts(t, map[string]int{})
}

func prepareAgainKeepsWhatRuns(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	before := w.run(t, g, 1)
	w.prepare(t, g, w.group(t, "worker", Serves))
	after := w.instances(t)
	if len(after) != 1 || !same(before[0], after[0]) {
		t.Errorf("prepare of a running group changed it from\n%s\nto\n%s", describe(before), describe(after))
	}
}

func startNeedsAPreparedGroup(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	wantCode(t, w.Runtime.Start(t.Context(), w.call(), g.ID, 1), lockstep.CodeNotFound, "start of a group that was not prepared")
	if got := w.instances(t); len(got) != 0 {
		t.Errorf("a refused start left instances:\n%s", describe(got))
	}
}

func startMakesReplicasReady(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	got := w.run(t, g, 3)
	addresses := map[string]bool{}
	for index, i := range got {
		if want := lockstep.InstanceID(g.ID, index); i.ID != want {
			t.Errorf("instance %d is called %q, want %q", index, i.ID, want)
		}
		if i.Group != g.ID || i.Service != "backend" {
			t.Errorf("%s is of group %q and service %q, want %q and backend", i.ID, i.Group, i.Service, g.ID)
		}
		if i.StartedAt == nil || i.ReadyAt == nil || i.ReadyAt.Before(*i.StartedAt) {
			t.Errorf("%s: started at %v, ready at %v", i.ID, i.StartedAt, i.ReadyAt)
		}
		if i.Restarts != 0 || i.Reason != "" {
			t.Errorf("%s is ready with %d restarts and reason %q", i.ID, i.Restarts, i.Reason)
		}
		addresses[i.Address] = true
	}
	if len(addresses) != 3 || addresses[""] {
		t.Errorf("three instances have the addresses %v", addresses)
	}
}

func startReturnsBeforeReadiness(t *testing.T, w *world) {
	g := w.group(t, "backend", Hangs)
	w.prepare(t, g)
	w.start(t, g, 1) // would not return
	if got := w.instances(t, g); len(got) != 1 || got[0].State != lockstep.InstanceStarting {
		t.Errorf("after start:\n%s", describe(got))
	}
}

func startOfADoneKeyStartsNothing(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	w.prepare(t, g)
	first := w.call()
	must(t, w.Runtime.Start(t.Context(), first, g.ID, 2), "start")
	before := w.awaitReady(t, g, 2)

	must(t, w.Runtime.Start(t.Context(), first, g.ID, 2), "start again under the same key")
	after := w.awaitReady(t, g, 2)
	if !slices.EqualFunc(before, after, same) {
		t.Errorf("the repeated call replaced instances:\n%s\nwere\n%s", describe(after), describe(before))
	}

	w.start(t, g, 1)
	w.awaitReady(t, g, 1)
	must(t, w.Runtime.Start(t.Context(), first, g.ID, 2), "start under a key of the past")
	if got := w.instances(t, g); len(got) != 1 {
		t.Errorf("a key that was done before started instances:\n%s", describe(got))
	}
	w.wantStarts(t, map[string]int{g.ID + "-0": 1, g.ID + "-1": 1})
}

func startConvergesUpAndDown(t *testing.T, w *world) {
	g := w.group(t, "backend", Serves)
	one := w.run(t, g, 1)
	w.start(t, g, 3)
	three := w.awaitReady(t, g, 3)
	if !same(one[0], three[0]) {
		t.Errorf("growing replaced the first instance:\n%s", describe(three))
	}
	w.start(t, g, 2)
	two := w.awaitReady(t, g, 2)
	if !same(three[0], two[0]) || !same(three[1], two[1]) {
		t.Errorf("shrinking stopped the wrong instance:\n%s", describe(two))
	}
	w.start(t, g, 3)
	again := w.awaitReady(t, g, 3)
	if same(three[2], again[2]) {
		t.Errorf("%s was stopped and is the same process again", again[2].ID)
	}
	w.wantStarts(t, map[string]int{g.ID + "-0": 1, g.ID + "-1": 1, g.ID + "-2": 2})
	w.start(t, g, 0)
	w.awaitReady(t, g, 0)
}

func startInParallel(t *testing.T, w *world) {
	groups := w.groups(t, w.Spec("alpha", Serves), w.Spec("beta", Serves), w.Spec("gamma", Serves))
	w.prepare(t, groups...)
	var wg sync.WaitGroup
	for _, g := range groups {
		call := w.call()
		for range 2 { // the same call twice at once
			wg.Go(func() {
				if err := w.Runtime.Start(t.Context(), call, g.ID, 2); err != nil {
					t.Errorf("start %s: %v", g.ID, err)
				}
			})
		}
	}
	wg.Wait()
	want := map[string]int{}
	for _, g := range groups {
		w.awaitReady(t, g, 2)
		want[g.ID+"-0"], want[g.ID+"-1"] = 1, 1
	}
	w.wantStarts(t, want)
	all := w.instances(t)
	if !slices.IsSortedFunc(all, func(a, b lockstep.Instance) int { return strings.Compare(a.ID, b.ID) }) {
		t.Errorf("instances are not in the order of their IDs:\n%s", describe(all))
	}
}

func anInstanceThatExitsIsStartedAgain(t *testing.T, w *world) {
	bad, good := w.group(t, "bad", Exits), w.group(t, "good", Serves)
	w.prepare(t, bad, good)
	w.start(t, bad, 1)
	await(t, "a second restart", func() (bool, string) {
		got := w.instances(t, bad)
		if len(got) == 1 && got[0].State == lockstep.InstanceReady {
			t.Fatalf("an instance that exits at once is ready: %s", describe(got))
		}
		return len(got) == 1 && got[0].Restarts >= 2, describe(got)
	})
	await(t, "a reason that names the exit", func() (bool, string) {
		got := w.instances(t, bad)
		return got[0].State == lockstep.InstanceBackoff && got[0].NextStart != nil && strings.Contains(got[0].Reason, "3"), describe(got)
	})
	w.start(t, good, 1)
	w.awaitReady(t, good, 1)
	w.wantStarts(t, map[string]int{bad.ID + "-0": 1, good.ID + "-0": 1})
	w.stop(t, bad)
	if got := w.instances(t, bad); len(got) != 0 {
		t.Errorf("after stop:\n%s", describe(got))
	}
}

func anInstanceThatHangsIsNeverReady(t *testing.T, w *world) {
	g := w.group(t, "backend", Hangs)
	w.prepare(t, g)
	w.start(t, g, 1)
	await(t, "a reason why it is not ready", func() (bool, string) {
		got := w.instances(t, g)
		return len(got) == 1 && got[0].State == lockstep.InstanceStarting && got[0].Reason != "", describe(got)
	})
}

// same says that both are one and the same running copy.
func same(a, b lockstep.Instance) bool {
	return a.ID == b.ID && a.PID == b.PID && a.Restarts == b.Restarts &&
		a.StartedAt != nil && b.StartedAt != nil && a.StartedAt.Equal(*b.StartedAt)
}
