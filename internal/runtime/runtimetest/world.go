package runtimetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// patience is how long something that must happen may take on a machine that
// runs other tests beside. No rule waits for it to pass.
const patience = 30 * time.Second

// world is a Subject with one environment and a worker that acts on it.
type world struct {
	Subject
	env   string
	place runtime.Place
	fence int64
	step  int
}

func newWorld(t *testing.T, s Subject) *world {
	t.Helper()
	return &world{
		Subject: s,
		env:     uuid.NewString(),
		place:   runtime.Place{Project: "sunday", Environment: "staging"},
		fence:   7,
	}
}

// call is the next effect: a new key under the current fence.
func (w *world) call() runtime.Call {
	w.step++
	return runtime.Call{Environment: w.env, Fence: w.fence, Key: fmt.Sprintf("operation/%d-step", w.step)}
}

func (w *world) group(t *testing.T, service string, b Behaviour) lockstep.Group {
	t.Helper()
	return w.groups(t, w.Spec(service, b))[0]
}

func (w *world) groups(t *testing.T, specs ...lockstep.ServiceSpec) []lockstep.Group {
	t.Helper()
	groups, err := lockstep.RevisionContent{Services: specs}.Groups()
	must(t, err, "make groups")
	return groups
}

func (w *world) prepare(t *testing.T, groups ...lockstep.Group) {
	t.Helper()
	must(t, w.Runtime.Prepare(t.Context(), w.call(), w.place, groups), "prepare")
}

func (w *world) start(t *testing.T, g lockstep.Group, replicas int) {
	t.Helper()
	must(t, w.Runtime.Start(t.Context(), w.call(), g.ID, replicas), "start "+g.ID)
}

func (w *world) stop(t *testing.T, groups ...lockstep.Group) {
	t.Helper()
	must(t, w.Runtime.Stop(t.Context(), w.call(), ids(groups), time.Second), "stop")
}

// run prepares and starts a group and waits until its replicas are ready.
func (w *world) run(t *testing.T, g lockstep.Group, replicas int) []lockstep.Instance {
	t.Helper()
	w.prepare(t, g)
	w.start(t, g, replicas)
	return w.awaitReady(t, g, replicas)
}

func (w *world) instances(t *testing.T, groups ...lockstep.Group) []lockstep.Instance {
	t.Helper()
	all, err := w.Runtime.Instances(t.Context(), w.env)
	must(t, err, "list instances")
	if len(groups) == 0 {
		return all
	}
	var out []lockstep.Instance
	for _, i := range all {
		for _, g := range groups {
			if i.Group == g.ID {
				out = append(out, i)
			}
		}
	}
	return out
}

// awaitReady waits until the group has exactly so many instances, all ready.
func (w *world) awaitReady(t *testing.T, g lockstep.Group, replicas int) []lockstep.Instance {
	t.Helper()
	var seen []lockstep.Instance
	await(t, fmt.Sprintf("%d ready instances of %s", replicas, g.ID), func() (bool, string) {
		seen = w.instances(t, g)
		ready := 0
		for _, i := range seen {
			if i.State == lockstep.InstanceReady {
				ready++
			}
		}
		return ready == replicas && len(seen) == replicas, describe(seen)
	})
	return seen
}

func (w *world) wantStarts(t *testing.T, want map[string]int) {
	t.Helper()
	got := w.Starts(t, w.env)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("launched for a Start: %v, want %v", got, want)
	}
}

func ids(groups []lockstep.Group) []string {
	out := make([]string, len(groups))
	for i, g := range groups {
		out[i] = g.ID
	}
	return out
}

func describe(instances []lockstep.Instance) string {
	lines := make([]string, len(instances))
	for i, in := range instances {
		lines[i] = fmt.Sprintf("%s is %s, restarts %d: %s", in.ID, in.State, in.Restarts, in.Reason)
	}
	return strings.Join(lines, "\n")
}

func must(t *testing.T, err error, doing string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", doing, err)
	}
}

func wantCode(t *testing.T, err error, want lockstep.Code, doing string) {
	t.Helper()
	var coded *lockstep.Error
	if !errors.As(err, &coded) || coded.Code != want {
		t.Errorf("%s: got error %v, want one with code %s", doing, err, want)
	}
}

// await looks until cond holds. Runtimes report and never call back, so there
// is no signal to wait for.
func await(t *testing.T, what string, cond func() (bool, string)) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, state := cond()
		if ok {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("waited in vain for %s; last seen:\n%s", what, state)
		}
	}
}
