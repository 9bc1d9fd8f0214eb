package agent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// quick is a service that is killed soon where it does not end.
func (f *field) quick(service string, b agenttest.Behaviour) lockstep.ServiceSpec {
	spec := f.Spec(service, b)
	spec.StopGrace = lockstep.Duration(300 * time.Millisecond)
	return spec
}

// entry is one kind of a field's ledger.
func (f *field) entry(kind lockstep.LedgerKind) lockstep.LedgerEntry {
	f.t.Helper()
	ledger, err := f.Ledger(f.t.Context(), f.env)
	must(f.t, err)
	for _, e := range ledger {
		if e.Kind == kind {
			return e
		}
	}
	f.t.Fatalf("no %s in %+v", kind, ledger)
	return lockstep.LedgerEntry{}
}

// The ledger looks at what is there: before a Remove, after one, and where an
// agent died in the middle of it.
func TestTheLedgerFindsWhatIsThere(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.quick("web", agenttest.Forks), 2)
	f.route(g)
	_, err := f.RunJob(t.Context(), f.job("succeeds"))
	must(t, err)
	for kind, want := range map[lockstep.LedgerKind][2]int{ // made, left
		lockstep.LedgerProcesses: {3, 6}, lockstep.LedgerGroups: {1, 1}, lockstep.LedgerPorts: {4, 4}, lockstep.LedgerListeners: {2, 2},
		lockstep.LedgerRoutes: {1, 2}, lockstep.LedgerJobs: {1, 1}, lockstep.LedgerDirectories: {2, 2},
	} {
		if e := f.entry(kind); e.Made != int64(want[0]) || len(e.Left) != want[1] {
			t.Errorf("%+v, want %d made and %d there", e, want[0], want[1])
		}
	}
	f.stop(g.ID)
	must(t, f.Remove(t.Context(), f.call()))
	f.balanced(t)
	f.Restart(t)
	f.balanced(t)
	if e := f.entry(lockstep.LedgerPorts); e.Made != 4 {
		t.Errorf("it forgot what was made: %+v", e)
	}
	// An agent that dies in a Remove leaves files that its state does not name.
	job := filepath.Base(f.leftJob(t))
	must(t, os.MkdirAll(filepath.Join(f.Dir, "logs", f.env), 0o700))
	if e := f.entry(lockstep.LedgerJobs); len(e.Left) != 1 || e.Left[0] != job {
		t.Errorf("%+v, want %s", e, job)
	}
	if e := f.entry(lockstep.LedgerDirectories); len(e.Left) != 1 {
		t.Errorf("%+v", e)
	}
	must(t, f.Remove(t.Context(), f.call()))
	f.balanced(t)
}

// leftJob is the directory of a job of this environment that nobody knows.
func (f *field) leftJob(t *testing.T) string {
	t.Helper()
	other := onField(t, f.Agent)
	other.env, other.step = f.env, 900
	_, err := other.RunJob(t.Context(), other.job("succeeds"))
	must(t, err)
	dirs, err := filepath.Glob(filepath.Join(f.Dir, "jobs", "*"))
	must(t, err)
	kept := dirs[0] + ".kept"
	must(t, os.Rename(dirs[0], kept))
	must(t, f.Remove(t.Context(), f.call()))
	must(t, os.Rename(kept, dirs[0]))
	return dirs[0]
}

// balanced waits until nothing of the environment is there.
func (f *field) balanced(t *testing.T) {
	t.Helper()
	await(t, "nothing to be left", func() (bool, string) {
		ledger, err := f.Ledger(t.Context(), f.env)
		return err == nil && len(ledger.Left()) == 0, fmt.Sprint(ledger.Left(), err)
	})
}

// Ten environments are made and destroyed at once while six agents are killed,
// one after the other; every call is repeated until it succeeds. In the end the
// machine is as it was.
func TestEnvironmentsOfAnAgentThatIsKilledConvergeToNothing(t *testing.T) {
	t.Parallel()
	f := newField(t)
	var killing, working sync.WaitGroup
	killing.Go(func() {
		for n := range 6 { // what is asked to end gets its grace anew from each agent
			<-time.After(time.Duration(200+150*n) * time.Millisecond)
			f.Kill(t)
			f.Launch(t)
		}
	})
	behaviours := []agenttest.Behaviour{agenttest.Serves, agenttest.Forks, agenttest.Exits, agenttest.Floods, agenttest.Hangs}
	envs := make([]string, 10)
	for n := range envs {
		envs[n] = uuid.NewString()
		working.Go(func() { f.comeAndGo(t, envs[n], behaviours[n%len(behaviours)]) })
	}
	working.Wait()
	killing.Wait()
	for _, env := range envs {
		one := onField(t, f.Agent)
		one.env = env
		one.balanced(t)
	}
	if left := f.Processes(); len(left) != 1 {
		t.Errorf("left beside the agent:\n%s", strings.Join(left, "\n"))
	}
	for _, dir := range []string{"jobs", "logs", "scratch"} {
		if entries, err := os.ReadDir(filepath.Join(f.Dir, dir)); err == nil && len(entries) > 0 {
			t.Errorf("%d entries are left in %s: %s", len(entries), dir, entries[0].Name())
		}
	}
	info, err := f.Info(t.Context())
	must(t, err)
	if len(info.Ports) != 0 || info.Instances != 0 {
		t.Errorf("left: %+v", info)
	}
}

// comeAndGo is the life of an environment, each call of it repeated until the
// agent that lives has carried it out.
func (f *field) comeAndGo(t *testing.T, env string, behaviour agenttest.Behaviour) {
	t.Helper()
	step := 0
	persist := func(what string, do func(call wire.Call) error) {
		step++
		call := wire.Call{Environment: env, Fence: 1, Key: fmt.Sprintf("operation/%d-%s", step, what)}
		deadline := time.Now().Add(patience)
		for do(call) != nil {
			if time.Now().After(deadline) {
				seen, _ := f.Instances(t.Context(), env)
				t.Errorf("%s of %s (%s) does not succeed: %v\n%+v\n%s", what, env, behaviour, do(call), seen, strings.Join(f.Processes(), "\n"))
				return
			}
			<-time.After(20 * time.Millisecond)
		}
	}
	ctx, groups := t.Context(), groupsOf(t, f.quick("web", behaviour), f.quick("more", agenttest.Serves))
	ids := []string{groups[0].ID, groups[1].ID}
	persist("prepare", func(call wire.Call) error {
		return f.Prepare(ctx, wire.PrepareRequest{Call: call, Place: f.place(), Groups: groups})
	})
	persist("job", func(call wire.Call) error {
		command, env := f.Job("forks")
		_, err := f.RunJob(ctx, wire.JobRequest{Call: call, Place: f.place(), Command: command, Env: env, Timeout: lockstep.Duration(time.Minute)})
		return err
	})
	for _, id := range ids {
		persist("start", func(call wire.Call) error {
			return f.Client.Start(ctx, wire.StartRequest{Call: call, Group: id, Replicas: 2})
		})
	}
	persist("route", func(call wire.Call) error {
		return f.SetRouting(ctx, wire.RoutingRequest{Call: call, Routing: routingTo("one", groups...)})
	})
	persist("unroute", func(call wire.Call) error { return f.SetRouting(ctx, wire.RoutingRequest{Call: call}) })
	persist("stop", func(call wire.Call) error {
		return f.Stop(ctx, wire.StopRequest{Call: call, Groups: ids, Drain: lockstep.Duration(100 * time.Millisecond)})
	})
	persist("remove", func(call wire.Call) error { return f.Remove(ctx, call) })
}
