package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/lockstep-dev/lockstep/internal/agent/unit"
)

// leafName is the cgroup below its own that an agent moves into under version
// 2, where a cgroup that limits others has no processes itself.
const leafName = unit.Subgroup

const runAsUnit = "run it as a unit of its own (lockstep agent install)"

// branch is a directory below which cells are made.
type branch struct {
	version  int
	base     string
	home     string   // version 1: where a thread that has launched something returns to
	controls []string // what is enforced there
}

// branches finds where cells can be made, and for which controllers not, and why.
func branches() ([]branch, lacks) {
	lacking := lacks{}
	all, err := mountedHere()
	if err != nil {
		return nil, lacking.with(lack{why: "/proc/self/mountinfo cannot be read"}, controls)
	}
	own := membershipOf("self")
	var out []branch
	var unified []string // controllers that no version 1 has
	for _, control := range controls {
		dir, ok := placeOf(control, all, own)
		if !ok {
			unified = append(unified, control)
			continue
		}
		if why := notWritable(dir, "tasks"); why != nil {
			lacking[control] = *why
			continue
		}
		if at := slices.IndexFunc(out, func(b branch) bool { return b.base == dir }); at >= 0 {
			out[at].controls = append(out[at].controls, control)
		} else {
			out = append(out, branch{version: 1, base: dir, home: dir, controls: []string{control}})
		}
	}
	if len(unified) == 0 {
		return out, lacking
	}
	dir, ok := placeOf("", all, own)
	if !ok {
		for _, control := range unified {
			lacking[control] = lack{why: "no cgroups with the controller " + control + " are mounted"}
		}
		return out, lacking
	}
	b, more := delegated(dir, unified, os.Getpid(), keptBySystemd)
	for control, l := range more {
		lacking[control] = l
	}
	if len(b.controls) > 0 {
		out = append(out, b)
	}
	return out, lacking
}

// delegated makes the agent's own cgroup of version 2 one that can limit what
// is below it: the agent moves into a leaf, and the controllers are enabled.
func delegated(own string, wanted []string, pid int, kept func(own, base string) *lack) (branch, lacks) {
	b := branch{version: 2, base: own}
	if filepath.Base(own) == leafName {
		b.base = filepath.Dir(own)
	}
	lacking := lacks{}
	var enable []string
	available, enabled := words(b.base, "cgroup.controllers"), words(b.base, "cgroup.subtree_control")
	for _, control := range wanted {
		switch {
		case slices.Contains(enabled, control):
			b.controls = append(b.controls, control)
		case slices.Contains(available, control):
			enable = append(enable, control)
		default:
			lacking[control] = lack{why: fmt.Sprintf("the cgroup %s does not have the controller %s", b.base, control), do: runAsUnit}
		}
	}
	if why := notWritable(b.base, "cgroup.procs"); why != nil {
		b.controls = nil
		return b, lacks{}.with(*why, wanted)
	}
	if len(enable) == 0 {
		return b, lacking
	}
	if why := kept(own, b.base); why != nil {
		return b, lacking.with(*why, enable)
	}
	if err := enableBelow(b.base, own, enable, pid); err != nil {
		why := lack{why: fmt.Sprintf("the cgroup %s: %v", b.base, errors.Unwrap(err))}
		if errors.Is(err, syscall.EBUSY) {
			why = lack{why: fmt.Sprintf("other processes are in the agent's cgroup %s", b.base), do: runAsUnit}
		}
		return b, lacking.with(why, enable)
	}
	b.controls = append(b.controls, enable...)
	return b, lacking
}

// enableBelow enables controllers for what is below base. Except in the root,
// that takes a cgroup without processes: the agent makes itself a leaf.
func enableBelow(base, own string, enable []string, pid int) error {
	_, err := os.Stat(filepath.Join(base, "cgroup.type"))
	isRoot := errors.Is(err, fs.ErrNotExist)
	moves := own == base && !isRoot
	if moves {
		leaf := filepath.Join(base, leafName)
		if err := os.Mkdir(leaf, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := put(leaf, "cgroup.procs", fmt.Sprint(pid)); err != nil {
			return err
		}
	}
	err = put(base, "cgroup.subtree_control", "+"+strings.Join(enable, " +"))
	if err != nil && moves {
		_ = put(base, "cgroup.procs", fmt.Sprint(pid)) // back where it came from
	}
	return err
}

// notWritable says why nothing can be made in a cgroup; nil where it can.
func notWritable(dir, file string) *lack {
	for _, path := range []string{dir, filepath.Join(dir, file)} {
		switch err := unix.Access(path, unix.W_OK); {
		case errors.Is(err, unix.EROFS):
			return &lack{why: fmt.Sprintf("the cgroup %s is read-only", dir), do: "this container would have to be given a writable one"}
		case err != nil:
			return &lack{why: fmt.Sprintf("the agent may not change its cgroup %s", dir), do: runAsUnit}
		}
	}
	return nil
}

// keptBySystemd says why a cgroup is systemd's to manage and not the agent's;
// nil where it is not.
func keptBySystemd(own, base string) *lack {
	if _, err := os.Stat("/run/systemd/system"); err != nil {
		return nil
	}
	const do = runAsUnit + ", with systemd 254 or later"
	if !hasDelegateMark(base) {
		return &lack{why: fmt.Sprintf("systemd has not handed over the cgroup %s", base), do: do}
	}
	// systemd starts a service again in the cgroup of the service. That fails
	// while it limits others there, unless the unit names a leaf for it.
	if own == base && filepath.Ext(base) != ".scope" {
		return &lack{why: fmt.Sprintf("the unit of the cgroup %s has no DelegateSubgroup=%s", base, leafName), do: do}
	}
	return nil
}

// hasDelegateMark looks for the mark that systemd leaves on a delegated cgroup.
func hasDelegateMark(dir string) bool {
	mark := make([]byte, 1)
	for _, name := range []string{"trusted.delegate", "user.delegate"} {
		if n, err := unix.Getxattr(dir, name, mark); err == nil && n == 1 && mark[0] == '1' {
			return true
		}
	}
	return false
}
