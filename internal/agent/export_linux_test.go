package agent

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// FindCgroups says below which cgroup of version 2 a test can make one for an
// agent, or InItsOwn, where version 1 needs none.
func FindCgroups() (string, error) {
	all, err := mountedHere()
	if err != nil {
		return "", err
	}
	own, first := membershipOf("self"), 0
	for _, control := range controls {
		if dir, ok := placeOf(control, all, own); ok {
			if why := notWritable(dir, "tasks"); why != nil {
				return "", errors.New(why.why)
			}
			first++
		}
	}
	if first == len(controls) {
		return InItsOwn, nil
	}
	for _, h := range all {
		enabled := words(h.dir, "cgroup.subtree_control")
		if h.version != 2 || !slices.Contains(enabled, controlCPU) || !slices.Contains(enabled, controlMemory) {
			continue
		}
		if why := notWritable(h.dir, "cgroup.procs"); why != nil {
			return "", errors.New(why.why)
		}
		return h.dir, nil
	}
	return "", errors.New("no cgroup hands the controllers cpu and memory to those below it")
}

// InItsOwn is the answer of FindCgroups where an agent may stay where it is started.
const InItsOwn = "version 1"

// Delegate makes a cgroup of version 2 as systemd makes one for a unit with
// DelegateSubgroup: base, and the leaf to start the agent in.
func Delegate(below string) (base, leaf string, err error) {
	base = filepath.Join(below, "agenttest-"+newLaunch(""))
	leaf = filepath.Join(base, leafName)
	if err := os.MkdirAll(leaf, 0o755); err != nil {
		return "", "", err
	}
	if err := unix.Setxattr(base, "trusted.delegate", []byte("1"), 0); err != nil {
		return "", "", errors.Join(err, removeGroups(base))
	}
	return base, leaf, nil
}

// RemoveCgroup removes what Delegate made.
func RemoveCgroup(base string) error {
	return (&cell{rooms: []room{{dir: base}}}).remove()
}

// CellsOf are the directories of the cells that a process of an agent is in.
func CellsOf(dir string, pid int) ([]string, error) {
	seal, err := openSealer(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	if c := openCells(dir, seal.identity(), slog.Default()).find(pid); c != nil {
		for _, r := range c.rooms {
			out = append(out, r.dir)
		}
	}
	return out, nil
}

// AllCells are the directories of all cells of an agent's directory.
func AllCells(dir string) ([]string, error) {
	seal, err := openSealer(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, base := range (&cells{dir: dir}).bases() {
		entries, err := os.ReadDir(base)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if isCell(e.Name(), seal.identity()) {
				out = append(out, filepath.Join(base, e.Name()))
			}
		}
	}
	return out, nil
}
