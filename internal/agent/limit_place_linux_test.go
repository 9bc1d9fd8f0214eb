package agent

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const mountsV1 = `24 1 8:1 / / rw - ext4 /dev/sda1 rw
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:7 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /docker/abc /sys/fs/cgroup/my\040memory rw,relatime - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`

func TestPlaceOfAProcess(t *testing.T) {
	t.Parallel()
	const v2 = "30 24 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"
	for _, c := range []struct {
		mounts, membership, control string
		want                        string
	}{
		{v2, "0::/system.slice/a.service\n", "", "/sys/fs/cgroup/system.slice/a.service"},
		{v2, "0::/\n", "", "/sys/fs/cgroup"},
		{v2, "0::/\n", controlMemory, ""},
		{v2, "0::/../outside\n", "", ""},
		{mountsV1, "4:memory:/docker/abc/x\n1:cpu,cpuacct:/y\n0::/\n", controlMemory, "/sys/fs/cgroup/my memory/x"},
		{mountsV1, "4:memory:/docker/abcd\n", controlMemory, ""}, // a neighbour of what is mounted
		{mountsV1, "4:memory:/\n", controlMemory, ""},
		{mountsV1, "4:memory:/docker/abc\n1:cpu,cpuacct:/y:z\n", controlCPU, "/sys/fs/cgroup/cpu,cpuacct/y:z"},
		{mountsV1, "9:name=systemd:/\n", controlCPU, ""},
		{mountsV1, "0::/u\n", "", "/sys/fs/cgroup/unified/u"},
		{"rubbish\n1 2 3 - x\n", "rubbish\n", "", ""},
	} {
		got, ok := placeOf(c.control, hierarchies(c.mounts), membership(c.membership))
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%q of %q: %q, %v, want %q", c.control, c.membership, got, ok, c.want)
		}
	}
}

// files writes control files into a directory that stands for a cgroup.
func files(t *testing.T, dir string, content map[string]string) {
	t.Helper()
	for name, text := range content {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

func wantFile(t *testing.T, dir, name, want string) {
	t.Helper()
	if text, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(text) != want {
		t.Errorf("%s is %q, %v, want %q", name, text, err, want)
	}
}

func TestLimitsInFiles(t *testing.T) {
	t.Parallel()
	l, err := limitOf(lockstep.Resources{CPU: "1500m", Memory: "256Mi"})
	if err != nil {
		t.Fatal(err)
	}
	small, err := limitOf(lockstep.Resources{CPU: "2m"})
	if err != nil {
		t.Fatal(err)
	}
	two := t.TempDir()
	files(t, two, map[string]string{"cpu.max": "", "memory.max": "", "memory.swap.max": "", "memory.oom.group": ""})
	if err := errors.Join(confine(2, two, controlCPU, l), confine(2, two, controlMemory, l)); err != nil {
		t.Fatal(err)
	}
	wantFile(t, two, "cpu.max", "150000 100000")
	wantFile(t, two, "memory.max", "268435456")
	wantFile(t, two, "memory.swap.max", "0")
	wantFile(t, two, "memory.oom.group", "1")
	one := t.TempDir()
	files(t, one, map[string]string{"cpu.cfs_quota_us": "", "cpu.cfs_period_us": "", "memory.limit_in_bytes": ""})
	if err := errors.Join(confine(1, one, controlCPU, small), confine(1, one, controlMemory, l)); err != nil {
		t.Fatal(err) // no file for swap is no fault
	}
	wantFile(t, one, "cpu.cfs_quota_us", "2000")
	wantFile(t, one, "cpu.cfs_period_us", "1000000")
	wantFile(t, one, "memory.limit_in_bytes", "268435456")
	for _, version := range []int{1, 2} {
		for _, control := range controls {
			if err := confine(version, t.TempDir(), control, l); err == nil {
				t.Errorf("version %d: a %s limit without its file", version, control)
			}
		}
	}
}

func TestKilledForMemory(t *testing.T) {
	t.Parallel()
	const v1 = "oom_kill_disable 0\nunder_oom 0\noom_kill "
	for _, c := range []struct {
		version     int
		files       map[string]string
		killed, own bool
	}{
		{2, map[string]string{"memory.events": "low 0\nhigh 0\nmax 31\noom 1\noom_kill 1\noom_group_kill 1\n"}, true, true},
		{2, map[string]string{"memory.events": "low 0\nhigh 0\nmax 0\noom 0\noom_kill 1\n"}, true, false},
		{2, map[string]string{"memory.events": "low 0\nhigh 0\nmax 31\noom 0\noom_kill 0\n"}, false, false},
		{2, nil, false, false},
		{1, map[string]string{"memory.oom_control": v1 + "1\n", "memory.limit_in_bytes": "1048576\n", "memory.max_usage_in_bytes": "1048576\n"}, true, true},
		{1, map[string]string{"memory.oom_control": v1 + "2\n", "memory.limit_in_bytes": "1048576\n", "memory.max_usage_in_bytes": "40960\n"}, true, false},
		{1, map[string]string{"memory.oom_control": v1 + "0\n", "memory.limit_in_bytes": "1048576\n", "memory.max_usage_in_bytes": "1048576\n"}, false, true},
		{1, nil, false, false},
	} {
		dir := t.TempDir()
		files(t, dir, c.files)
		if killed, own := killedForMemory(c.version, dir); killed != c.killed || own != c.own {
			t.Errorf("version %d with %v: killed %v, own %v", c.version, c.files, killed, own)
		}
	}
}

func TestDelegatedCgroup(t *testing.T) {
	t.Parallel()
	mine := func(string, string) *lack { return nil }
	systemds := func(_, base string) *lack { return &lack{why: "kept: " + base} }
	fresh := func(t *testing.T) string {
		t.Helper()
		dir := t.TempDir()
		files(t, dir, map[string]string{
			"cgroup.controllers": "cpu io memory pids\n", "cgroup.subtree_control": "", "cgroup.procs": "", "cgroup.type": "domain\n",
			leafName + "/cgroup.procs": "",
		})
		return dir
	}

	own := fresh(t)
	b, lacking := delegated(own, controls, 42, mine)
	if b.base != own || len(b.controls) != 2 || len(lacking) != 0 {
		t.Errorf("delegated: %+v, %v", b, lacking)
	}
	wantFile(t, own, "cgroup.subtree_control", "+memory +cpu")
	wantFile(t, own, leafName+"/cgroup.procs", "42")

	// One that has been there before, or that systemd has put into its leaf.
	files(t, own, map[string]string{"cgroup.subtree_control": "cpu memory\n", leafName + "/cgroup.procs": ""})
	b, lacking = delegated(filepath.Join(own, leafName), controls, 43, systemds)
	if b.base != own || len(b.controls) != 2 || len(lacking) != 0 {
		t.Errorf("in the leaf: %+v, %v", b, lacking)
	}
	wantFile(t, own, leafName+"/cgroup.procs", "")

	// The root has processes and limits both.
	root := fresh(t)
	if err := os.Remove(filepath.Join(root, "cgroup.type")); err != nil {
		t.Fatal(err)
	}
	if b, lacking = delegated(root, controls, 44, mine); len(b.controls) != 2 || len(lacking) != 0 {
		t.Errorf("in the root: %+v, %v", b, lacking)
	}
	wantFile(t, root, leafName+"/cgroup.procs", "")

	// What is not there, or not ours, is said and not touched.
	kept := fresh(t)
	b, lacking = delegated(kept, controls, 45, systemds)
	if want := "kept: " + kept; len(b.controls) != 0 || lacking[controlCPU].why != want || lacking[controlMemory].why != want {
		t.Errorf("not delegated: %+v, %v", b, lacking)
	}
	wantFile(t, kept, "cgroup.subtree_control", "")
	wantFile(t, kept, leafName+"/cgroup.procs", "")
	files(t, kept, map[string]string{"cgroup.controllers": "memory\n"})
	b, lacking = delegated(kept, controls, 46, mine)
	if want := "the cgroup " + kept + " does not have the controller cpu"; len(b.controls) != 1 || lacking[controlCPU].why != want {
		t.Errorf("without a controller: %+v, %v", b, lacking)
	}
}

// The real version 2, where it is mounted, with controllers or without: to
// begin in a cell, to be seen there, to be killed there.
func TestACellOfVersion2(t *testing.T) {
	t.Parallel()
	all, err := mountedHere()
	if err != nil {
		t.Fatal(err)
	}
	own, ok := placeOf("", all, membershipOf("self"))
	if !ok || notWritable(own, "cgroup.procs") != nil {
		return // the limits themselves are tested with version 1 then
	}
	dir := filepath.Join(own, cellName("test", strconv.Itoa(os.Getpid()), "instance", newLaunch("")))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c := &cell{rooms: []room{{branch: branch{version: 2, base: own}, dir: dir}}}
	t.Cleanup(func() {
		if err := c.remove(); err != nil {
			t.Error(err)
		}
	})
	p, outside, err := begin(exec.Command("/bin/sh", "-c", "exec sleep 600"), "", c) //nolint:noctx // it is killed
	if err != nil || outside != nil {
		t.Fatal(err, outside)
	}
	if got, _ := placeOf("", all, membershipOf(strconv.Itoa(p.pid))); got != dir {
		t.Errorf("it is in %s, want %s", got, dir)
	}
	if !c.members()[p.pid] {
		t.Errorf("members %v, want %d", c.members(), p.pid)
	}
	c.kill()
	select {
	case <-p.exited:
	case <-time.After(killPatience):
		_ = syscall.Kill(p.pid, syscall.SIGKILL)
		t.Error("it was not killed")
	}
}

// Where there is no cell any more, what was to start there starts all the same.
func TestAStartDoesNotFailForItsCell(t *testing.T) {
	t.Parallel()
	for _, version := range []int{1, 2} {
		gone := filepath.Join(t.TempDir(), "gone")
		c := &cell{rooms: []room{{branch: branch{version: version, home: gone}, dir: gone}}}
		p, outside, err := begin(exec.Command("/bin/sh", "-c", "exit 3"), "", c) //nolint:noctx // it ends at once
		if err != nil || outside == nil || p.cell != nil {
			t.Fatalf("version %d: %v, %v", version, err, outside)
		}
		if <-p.exited; p.ending == "" || p.ending[:len("exited with status 3")] != "exited with status 3" {
			t.Errorf("version %d: %s", version, p.ending)
		}
	}
}
