package agent

import (
	"os/exec"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestWhatIsSaidOfLimits(t *testing.T) {
	t.Parallel()
	none, denied := lack{why: "there are no cgroups"}, lack{why: "it is denied", do: "be root"}
	both, err := limitOf(lockstep.Resources{CPU: "500m", Memory: "1Gi"})
	if err != nil {
		t.Fatal(err)
	}
	onlyCPU, err := limitOf(lockstep.Resources{CPU: "2"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		lacking        lacks
		limit          limit
		caveat, inInfo string
	}{
		{lacks{}, both, "", "memory and CPU limits are enforced by X"},
		{
			lacks{controlCPU: none, controlMemory: none},
			both,
			"its memory limit of 1Gi and cpu limit of 500m are not enforced: there are no cgroups",
			"memory and CPU limits are not enforced for processes on this machine: there are no cgroups",
		},
		{
			lacks{controlCPU: denied},
			both,
			"its cpu limit of 500m is not enforced: it is denied",
			"memory limits are enforced by X; CPU limits are not enforced for processes on this machine: it is denied: be root",
		},
		{
			lacks{controlMemory: denied, controlCPU: none},
			both,
			"its memory limit of 1Gi is not enforced: it is denied; its cpu limit of 500m is not enforced: there are no cgroups",
			"memory limits are not enforced for processes on this machine: it is denied: be root; CPU limits are not enforced for processes on this machine: there are no cgroups",
		},
		{
			lacks{controlMemory: none},
			onlyCPU, "",
			"CPU limits are enforced by X; memory limits are not enforced for processes on this machine: there are no cgroups",
		},
	} {
		if got := c.lacking.of(c.limit).caveat(c.limit); got != c.caveat {
			t.Errorf("%v: the caveat is\n%s, want\n%s", c.lacking, got, c.caveat)
		}
		if got := c.lacking.describe("X"); got != c.inInfo {
			t.Errorf("%v: info says\n%s, want\n%s", c.lacking, got, c.inInfo)
		}
	}
	if _, err := limitOf(lockstep.Resources{Memory: "much"}); err == nil {
		t.Error("a limit of much memory")
	}
}

func TestCPUQuota(t *testing.T) {
	t.Parallel()
	for milli, want := range map[int64][2]int64{
		1: {1000, 1_000_000}, 9: {9000, 1_000_000}, 10: {1000, 100_000}, 500: {50_000, 100_000}, 256_000: {25_600_000, 100_000},
	} {
		if quota, period := (limit{milliCPU: milli}).cpuQuota(); quota != want[0] || period != want[1] {
			t.Errorf("%dm: %d in %d, want %v", milli, quota, period, want)
		}
	}
}

func TestDescribeEnd(t *testing.T) {
	t.Parallel()
	run := func(script string) error { return exec.CommandContext(t.Context(), "/bin/sh", "-c", script).Run() }
	for _, c := range []struct{ script, killed, want string }{
		{"exit 3", "", "exited with status 3 after 2s"},
		{"kill -9 $$", "", "ended by signal killed after 2s"},
		{"kill -9 $$", "it used more than its 1Gi of memory", "was killed: it used more than its 1Gi of memory, after 2s"},
		{"exit 1", "it used more than its 1Gi of memory", "exited with status 1 after 2s; a process of it was killed: it used more than its 1Gi of memory"},
	} {
		if got := describeEnd(run(c.script), c.killed, 2*time.Second); got != c.want {
			t.Errorf("%s: %s, want %s", c.script, got, c.want)
		}
	}
}
