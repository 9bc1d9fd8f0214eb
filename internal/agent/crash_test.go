package agent_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// running lists the instances that have a process, by what the processes say.
// An instance with two of them stands there twice.
func (f *field) running() []string {
	var out []string
	for _, p := range f.Processes() {
		env, err := os.ReadFile(filepath.Join("/proc", strings.Fields(p)[0], "environ"))
		if err != nil {
			continue
		}
		for kv := range strings.SplitSeq(string(env), "\x00") {
			if id, ok := strings.CutPrefix(kv, "LOCKSTEP_INSTANCE="); ok {
				out = append(out, id)
			}
		}
	}
	slices.Sort(out)
	return out
}

// instanceProcess is the PID of an instance, while no agent can tell.
func (f *field) instanceProcess(id string) int {
	for _, p := range f.Processes() {
		pid := strings.Fields(p)[0]
		env, _ := os.ReadFile(filepath.Join("/proc", pid, "environ")) // gone is not it
		if strings.Contains(string(env), "LOCKSTEP_INSTANCE="+id+"\x00") {
			return atoi(pid)
		}
	}
	f.t.Fatalf("%s has no process", id)
	return 0
}

// The agent is killed at any moment while groups are started, grown, shrunk
// and stopped. What was asked for last is true in the end, once.
func TestAKilledAgentDoublesAndLosesNothing(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	chance := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	f := newField(t)
	stays := f.run(f.Spec("stays", agenttest.Serves), 1)
	f.route(stays)
	pid := f.instances(stays.ID)[0].PID
	url := f.own()
	bad, stopAsking := f.keepAsking(url)

	groups := f.prepare(f.Spec("one", agenttest.Serves), f.Spec("two", agenttest.Serves))
	want := map[string]int{}
	for range 12 {
		g := groups[chance.IntN(len(groups))]
		replicas := chance.IntN(4)
		call := f.call()
		again := f.call()
		killed := make(chan struct{})
		go func() {
			defer close(killed)
			<-time.After(time.Duration(chance.IntN(30_000)) * time.Microsecond)
			f.Kill(t)
		}()
		act := func() error {
			if replicas == 0 {
				if err := f.Stop(t.Context(), wire.StopRequest{Call: call, Groups: []string{g.ID}}); err != nil {
					return err
				}
				return f.Prepare(t.Context(), wire.PrepareRequest{Call: again, Place: f.place(), Groups: groups})
			}
			return f.Client.Start(t.Context(), wire.StartRequest{Call: call, Group: g.ID, Replicas: replicas})
		}
		_ = act() // it may be interrupted
		<-killed
		f.Launch(t)
		await(t, "the repeated call", func() (bool, string) {
			err := act()
			if lockstep.IsTerminal(err) {
				t.Fatal(err)
			}
			return err == nil, fmt.Sprint(err)
		})
		want[g.ID] = replicas
	}
	all := []string{stays.ID + "-0"}
	for id, n := range want {
		f.awaitReady(id, n)
		for index := range n {
			all = append(all, lockstep.InstanceID(id, index))
		}
	}
	slices.Sort(all)
	if got := f.running(); !slices.Equal(got, all) {
		t.Errorf("processes of\n%v\nwant\n%v", got, all)
	}
	f.Starts(t, f.env) // fails where a key started twice
	if now := f.instances(stays.ID)[0]; now.PID != pid {
		t.Errorf("the instance that nobody touched was %d and is %d", pid, now.PID)
	}
	stopAsking()
	if n := bad.Load(); n != 0 {
		t.Errorf("%d answers were not the app's: an agent that lives serves", n)
	}
}

// keepAsking sends requests without end and counts answers that are not the
// app's. No answer is what a killed agent gives; the test kills it.
func (f *field) keepAsking(addr string) (bad *atomic.Int64, stop func()) {
	ctx, cancel := context.WithCancel(f.t.Context())
	bad = &atomic.Int64{}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for ctx.Err() == nil {
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/", nil)
				if err != nil {
					return
				}
				res, err := client.Do(req)
				if err != nil {
					<-time.After(time.Millisecond)
					continue
				}
				if res.StatusCode != http.StatusOK {
					bad.Add(1)
				}
				_ = res.Body.Close()
			}
		})
	}
	return bad, func() { cancel(); wg.Wait() }
}

// Killed between the declaration of a launch and the note of its process.
func TestALaunchWithoutAKnownProcessIsFound(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 3)
	f.route(g)
	before := f.instances(g.ID)
	f.Kill(t)
	must(t, agent.EditRecords(f.Dir, func(_ string, pid *int, born, _ *string) { *pid, *born = 0, "" }))
	f.Launch(t)
	after := f.awaitReady(g.ID, 3)
	for i := range after {
		if after[i].PID != before[i].PID {
			t.Errorf("%s was process %d and is %d", after[i].ID, before[i].PID, after[i].PID)
		}
	}
	if got := f.running(); len(got) != 3 {
		t.Errorf("processes of %v", got)
	}
	asked := map[string]bool{}
	await(t, "requests to reach each of them", func() (bool, string) {
		asked[get(t, f.own(), "/pid")] = true
		return len(asked) == 3, fmt.Sprint(asked)
	})
	f.stop(g.ID)
}

// Killed between the declaration of a launch and its fork.
func TestALaunchThatNeverWasIsMade(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 2)
	pids := []int{f.instances(g.ID)[0].PID, f.instances(g.ID)[1].PID}
	f.Kill(t)
	for _, pid := range pids {
		must(t, syscall.Kill(pid, syscall.SIGKILL))
	}
	must(t, agent.EditRecords(f.Dir, func(_ string, pid *int, born, launch *string) { *pid, *born, *launch = 0, "", "never" }))
	f.Launch(t)
	f.awaitReady(g.ID, 2)
	if got := f.running(); len(got) != 2 {
		t.Errorf("processes of %v", got)
	}
	if starts := f.Starts(t, f.env); starts[g.ID+"-0"] != 1 || starts[g.ID+"-1"] != 1 {
		t.Errorf("the journal has starts %v", starts)
	}
}

// A PID that went to a stranger while no agent lived is not the instance.
func TestAReusedPIDIsNotAdopted(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	f.Kill(t)
	must(t, agent.EditRecords(f.Dir, func(_ string, pid *int, born, launch *string) {
		*pid, *born, *launch = os.Getpid(), "another/1", "other"
	}))
	f.Launch(t)
	in := f.awaitReady(g.ID, 1)[0]
	if in.PID == os.Getpid() {
		t.Error("the test itself was adopted")
	}
	if got := f.running(); len(got) != 1 {
		t.Errorf("processes of %v: the one that nobody knows any more is to end", got)
	}
}

func TestWhatDiedWhileNoAgentLivedIsStartedAgain(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 2)
	f.route(g)
	dead := f.instances(g.ID)[0]
	f.Kill(t)
	must(t, syscall.Kill(dead.PID, syscall.SIGKILL))
	await(t, "its end", func() (bool, string) {
		return errors.Is(syscall.Kill(dead.PID, 0), syscall.ESRCH) || isZombie(dead.PID), ""
	})
	f.Launch(t)
	if status, body, err := ask(t, f.own(), "/"); err != nil || status != http.StatusOK {
		t.Errorf("the other instance is not served at once: %d %s %v", status, body, err)
	}
	in := f.awaitReady(g.ID, 2)[0]
	if in.Restarts != 1 {
		t.Errorf("%+v: want one restart", in)
	}
}

func isZombie(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && strings.Contains(string(text), ") Z ")
}

// A stop that was declared goes on, whoever is there to see it.
func TestADeclaredStopSurvivesTheAgent(t *testing.T) {
	t.Parallel()
	f := newField(t)
	spec := f.Spec("web", agenttest.Stubborn)
	spec.StopGrace = lockstep.Duration(300 * time.Millisecond)
	g := f.run(spec, 2)
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error, 1)
	call := f.call()
	go func() { given <- f.Stop(ctx, wire.StopRequest{Call: call, Groups: []string{g.ID}}) }()
	f.awaitInstance(g.ID, "draining", func(i lockstep.Instance) bool { return i.State == lockstep.InstanceDraining })
	f.Kill(t)
	cancel()
	t.Log("interrupted:", <-given)
	must(t, syscall.Kill(f.instanceProcess(g.ID+"-0"), syscall.SIGKILL)) // one of them is gone already
	f.Launch(t)
	await(t, "the end of the group", func() (bool, string) {
		got := f.instances(g.ID)
		return len(got) == 0, fmt.Sprintf("%+v", got)
	})
	if got := f.running(); len(got) != 0 {
		t.Errorf("processes of %v", got)
	}
	for _, e := range f.Journal(t) {
		if e.Effect == "restart" {
			t.Errorf("started again in order to be stopped: %+v", e)
		}
	}
	wantCode(t, f.Client.Start(t.Context(), wire.StartRequest{Call: f.call(), Group: g.ID, Replicas: 1}), lockstep.CodeNotFound)
}

func TestAnAgentThatIsAskedToEndLeavesItsInstances(t *testing.T) {
	t.Parallel()
	f := newField(t)
	g := f.run(f.Spec("web", agenttest.Serves), 1)
	before := f.instances(g.ID)[0]
	must(t, f.Shutdown(t.Context(), wire.ShutdownRequest{}))
	<-f.Exited()
	if get(t, before.Address, "/") != "web" {
		t.Error("the instance ended with the agent")
	}
	f.Launch(t)
	if after := f.awaitReady(g.ID, 1)[0]; after.PID != before.PID {
		t.Errorf("%+v\nbecame\n%+v", before, after)
	}

	must(t, f.Shutdown(t.Context(), wire.ShutdownRequest{StopInstances: true}))
	<-f.Exited()
	if got := f.running(); len(got) != 0 {
		t.Errorf("processes of %v", got)
	}
	f.Launch(t) // as after a reboot: what shall run runs again
	f.awaitReady(g.ID, 1)
}
