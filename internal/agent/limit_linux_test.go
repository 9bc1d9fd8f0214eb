package agent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/suite"
)

// The tests here use whichever version of cgroups this machine has.
var cgroups = suite.Requirement{
	Name:    "cgroups for memory and CPU that it may change",
	Install: "run the tests as root, in a container with --privileged --cgroupns=host",
	Find:    agent.FindCgroups,
}

func confinedField(t *testing.T) *field {
	t.Helper()
	leaf := ""
	if below := suite.Need(t, cgroups); below != agent.InItsOwn {
		leaf = delegated(t, below)
	}
	a := agenttest.New(t)
	a.Cgroup = leaf
	a.Launch(t)
	return onField(t, a)
}

// delegated is a cgroup of version 2 to start an agent in, gone with the test.
func delegated(t *testing.T, below string) (leaf string) {
	t.Helper()
	base, leaf, err := agent.Delegate(below)
	must(t, err)
	t.Cleanup(func() {
		if err := agent.RemoveCgroup(base); err != nil {
			t.Error(err)
		}
	})
	return leaf
}

func (f *field) limited(service string, b agenttest.Behaviour) lockstep.ServiceSpec {
	spec := f.Spec(service, b)
	spec.Resources = lockstep.Resources{CPU: "200m", Memory: "128Mi"}
	return spec
}

// cells are those that the instance is in; there has to be one.
func (f *field) cells(in lockstep.Instance) []string {
	f.t.Helper()
	dirs, err := agent.CellsOf(f.Dir, in.PID)
	must(f.t, err)
	for _, dir := range dirs {
		if name := filepath.Base(dir); !strings.Contains(name, f.env) || !strings.Contains(name, in.ID) {
			f.t.Errorf("the cgroup %s does not say whose it is", name)
		}
	}
	if len(dirs) == 0 {
		f.t.Fatalf("%s is in no cgroup of its own", in.ID)
	}
	return dirs
}

func (f *field) awaitCells(want ...string) {
	f.t.Helper()
	await(f.t, "the other cgroups to be gone", func() (bool, string) {
		left, err := agent.AllCells(f.Dir)
		slices.Sort(left)
		slices.Sort(want)
		return err == nil && slices.Equal(left, want), fmt.Sprint(left, err)
	})
}

const overMemory = "was killed: it used more than its 128Mi of memory"

func TestAMemoryHogIsKilledAndSaysSo(t *testing.T) {
	t.Parallel()
	f := confinedField(t)
	g := f.run(f.limited("hog", agenttest.Serves), 1)
	in := f.instances(g.ID)[0]
	if in.Reason != "" {
		t.Errorf("ready with the reason %q", in.Reason)
	}
	if status, body, err := ask(t, in.Address, "/hog"); err == nil {
		t.Errorf("it got its memory: %d %s", status, body)
	}
	f.awaitInstance(g.ID, "the reason", func(i lockstep.Instance) bool {
		return i.State == lockstep.InstanceBackoff && strings.HasPrefix(i.Reason, overMemory)
	})
	again := f.awaitReady(g.ID, 1)[0]
	f.awaitCells(f.cells(again)...)

	// One that the next agent took over says so too.
	f.Restart(t)
	if kept := f.awaitReady(g.ID, 1)[0]; kept.PID != again.PID || kept.Reason != "" {
		t.Errorf("after the agent's death: %+v, before: %+v", kept, again)
	}
	_, _, _ = ask(t, again.Address, "/hog") // it has no answer
	f.awaitInstance(g.ID, "the reason of an adopted instance", func(i lockstep.Instance) bool {
		return strings.HasPrefix(i.Reason, overMemory)
	})
	f.awaitReady(g.ID, 1)
	f.wantEntry(lockstep.LedgerCgroups, 1, 1)
	f.stop(g.ID)
	f.awaitCells()
	f.wantEntry(lockstep.LedgerCgroups, 1, 0)
}

// A cgroup that nobody took away is found by the ledger and ended by a Remove.
func TestACgroupThatIsLeftGoesWithItsEnvironment(t *testing.T) {
	t.Parallel()
	f := confinedField(t)
	g := f.run(f.limited("web", agenttest.Serves), 1)
	cells := f.cells(f.instances(g.ID)[0])
	f.stop(g.ID)
	f.awaitCells()
	for _, dir := range cells {
		must(t, os.Mkdir(dir, 0o755))
	}
	if e := f.entry(lockstep.LedgerCgroups); len(e.Left) != 1 || e.Left[0] != filepath.Base(cells[0]) {
		t.Errorf("%+v, want %s", e, cells[0])
	}
	must(t, f.Remove(t.Context(), f.call()))
	f.balanced(t)
	f.awaitCells()
}

func TestAnInstanceGetsNoMoreCPUThanItsLimit(t *testing.T) {
	t.Parallel()
	f := confinedField(t)
	g := f.run(f.limited("spinner", agenttest.Serves), 1)
	in := f.instances(g.ID)[0]
	throttled := func() (n int) {
		for _, dir := range f.cells(in) {
			text, _ := os.ReadFile(filepath.Join(dir, "cpu.stat")) // only one has it
			_, rest, _ := strings.Cut(string(text), "nr_throttled ")
			n += atoi(rest)
		}
		return n
	}
	before := throttled()
	began := time.Now()
	get(t, in.Address, "/spin")
	// 20 ms of each 100, and it has used 100: at the soonest at the beginning of the fifth period.
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("100 ms of processor time took %s", took)
	}
	// A busy machine may have given it less than its limit: it goes on until it has wanted more.
	for throttled() < before+3 {
		if t.Context().Err() != nil || time.Since(began) > time.Minute {
			t.Fatalf("throttled %d times, and %d before", throttled(), before)
		}
		get(t, in.Address, "/spin")
	}
}

// What leaves its process group and its environment does not leave its cgroup.
func TestNothingHidesFromItsCell(t *testing.T) {
	t.Parallel()
	f := confinedField(t)
	g := f.run(f.limited("hider", agenttest.Hides), 1)
	lines, err := f.Tail(t.Context(), f.env, f.instances(g.ID)[0].ID, 10)
	must(t, err)
	hidden := 0
	for _, line := range lines {
		if pid, ok := strings.CutPrefix(line, "hidden: "); ok {
			hidden = atoi(pid)
		}
	}
	if hidden == 0 || syscall.Kill(hidden, 0) != nil {
		t.Fatalf("nothing is hidden: %q", lines)
	}
	f.stop(g.ID)
	if left := f.Processes(); len(left) != 1 {
		t.Errorf("left beside the agent:\n%s", strings.Join(left, "\n"))
	}
	f.awaitCells()
}

// Cells of instances that ended while no agent lived are removed, with what
// is left in them; those of another agent are its own.
func TestTheNextAgentRemovesWhatIsLeft(t *testing.T) {
	t.Parallel()
	f, other := confinedField(t), confinedField(t)
	other.env = f.env // two directories may know the same environment
	g := f.run(f.limited("gone", agenttest.Hides), 1)
	neighbour := other.run(other.limited("gone", agenttest.Serves), 1)
	theirs := other.cells(other.instances(neighbour.ID)[0])
	left := f.cells(f.instances(g.ID)[0])

	f.Kill(t)
	must(t, syscall.Kill(f.instanceProcess(lockstep.InstanceID(g.ID, 0)), syscall.SIGKILL))
	f.Launch(t)
	fresh := f.cells(f.awaitReady(g.ID, 1)[0])
	for _, dir := range fresh {
		if slices.Contains(left, dir) {
			t.Errorf("a new launch is in the cgroup of the old one: %s", dir)
		}
	}
	f.awaitCells(fresh...)
	if hiding := f.Processes(); len(hiding) != 3 { // the agent, the instance, and the child of that one
		t.Errorf("processes:\n%s", strings.Join(hiding, "\n"))
	}
	f.stop(g.ID)
	other.awaitCells(theirs...)
	if now := other.instances(neighbour.ID)[0]; now.State != lockstep.InstanceReady || now.Restarts != 0 {
		t.Errorf("the instance of the other agent: %+v", now)
	}
}

func TestWhatHasNoLimitsHasNoCell(t *testing.T) {
	t.Parallel()
	f := confinedField(t)
	g := f.run(f.Spec("free", agenttest.Serves), 1)
	dirs, err := agent.CellsOf(f.Dir, f.instances(g.ID)[0].PID)
	if err != nil || len(dirs) != 0 {
		t.Errorf("in %v, %v", dirs, err)
	}
	res, err := f.RunJob(t.Context(), f.job("where"))
	must(t, err)
	if !strings.Contains(res.Output, ":/") || strings.Contains(res.Output, f.env) {
		t.Errorf("a job is in %s", res.Output)
	}
}

// An instance runs without a limit that cannot be set, and says so as long as
// it does, whichever agent looks after it.
func TestALimitThatCannotBeSetIsSaid(t *testing.T) {
	t.Parallel()
	f := newField(t)
	spec := f.Spec("odd", agenttest.Serves)
	spec.Resources = lockstep.Resources{Memory: "much"}
	g := f.run(spec, 1)
	const want = `its memory limit: "much" is no amount`
	if in := f.instances(g.ID)[0]; in.Reason != want {
		t.Errorf("ready with the reason %q", in.Reason)
	}
	f.Restart(t)
	if in := f.awaitReady(g.ID, 1)[0]; in.Reason != want {
		t.Errorf("adopted with the reason %q", in.Reason)
	}
}

func TestInfoSaysHowLimitsAreEnforced(t *testing.T) {
	t.Parallel()
	f := confinedField(t)
	info, err := f.Info(t.Context())
	must(t, err)
	if !strings.HasPrefix(info.Limits, "memory and CPU limits are enforced by cgroups v") {
		t.Errorf("limits: %s", info.Limits)
	}
}
