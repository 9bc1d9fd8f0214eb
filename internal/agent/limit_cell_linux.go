package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// cell is the cgroup of one launch, or its cgroups, where version 1 keeps
// controllers apart. A launch without one has a nil cell.
type cell struct {
	rooms []room
	limit limit
}

// room is a cell's directory in one hierarchy.
type room struct {
	branch
	dir string
}

// start starts cmd as a member of the cell, which it is before its first
// instruction. Where that is impossible it starts another like it without the
// cell, and says why.
func (c *cell) start(cmd *exec.Cmd) (started *exec.Cmd, why, err error) {
	if c == nil {
		return cmd, nil, cmd.Start()
	}
	attr := *cmd.SysProcAttr
	again := &exec.Cmd{
		Path: cmd.Path, Args: cmd.Args, Env: cmd.Env, Dir: cmd.Dir, SysProcAttr: &attr,
		Stdin: cmd.Stdin, Stdout: cmd.Stdout, Stderr: cmd.Stderr,
	}
	if why := c.startInside(cmd); why != nil {
		return again, why, again.Start()
	}
	return cmd, nil, nil
}

func (c *cell) startInside(cmd *exec.Cmd) error {
	var moves []room
	for _, r := range c.rooms {
		if r.version == 1 {
			moves = append(moves, r)
			continue
		}
		dir, err := os.Open(r.dir)
		if err != nil {
			return err
		}
		defer dir.Close() //nolint:errcheck // only its number was needed
		cmd.SysProcAttr.UseCgroupFD, cmd.SysProcAttr.CgroupFD = true, int(dir.Fd())
	}
	if len(moves) == 0 {
		return cmd.Start()
	}
	started := make(chan error, 1)
	go func() {
		// A child begins in the cgroups of the thread that forks it. Version 1
		// lets a single thread move: this one goes there, forks, and returns. One
		// that cannot return ends with this goroutine.
		runtime.LockOSThread()
		var err error
		for _, r := range moves {
			err = errors.Join(err, put(r.dir, "tasks", "0"))
		}
		if err == nil {
			err = cmd.Start()
		}
		back := true
		for _, r := range moves {
			back = put(r.home, "tasks", "0") == nil && back
		}
		if back {
			runtime.UnlockOSThread()
		}
		started <- err
	}()
	return <-started
}

// members are the PIDs of the cell's processes.
func (c *cell) members() map[int]bool {
	if c == nil {
		return nil
	}
	out := map[int]bool{}
	for _, r := range c.rooms {
		_ = filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return nil //nolint:nilerr // gone is empty
			}
			for _, word := range words(path, "cgroup.procs") {
				if pid, err := strconv.Atoi(word); err == nil && pid > 0 {
					out[pid] = true
				}
			}
			return nil
		})
	}
	return out
}

// kill ends everything in the cell, at once where the kernel can.
func (c *cell) kill() {
	if c == nil {
		return
	}
	for _, r := range c.rooms {
		if r.version == 2 {
			_ = put(r.dir, "cgroup.kill", "1") // older kernels have no such file
		}
	}
	for pid := range c.members() {
		_ = syscall.Kill(pid, syscall.SIGKILL) // gone is as good
	}
}

// verdict says how an instance ended that the kernel killed for want of
// memory; "" where it did not.
func (c *cell) verdict() string {
	if c == nil {
		return ""
	}
	for _, r := range c.rooms {
		switch killed, own := killedForMemory(r.version, r.dir); {
		case killed && own:
			return c.limit.overMemory()
		case killed:
			return limit{}.overMemory()
		}
	}
	return ""
}

// removePatience is how long the kernel may take to let go of processes that ended.
const removePatience = 2 * time.Second

// remove takes the empty cell away. One that is not empty stays for the next
// agent's sweep.
func (c *cell) remove() error {
	if c == nil {
		return nil
	}
	var failed error
	for _, r := range c.rooms {
		for deadline := time.Now().Add(removePatience); ; <-time.After(5 * time.Millisecond) {
			err := removeGroups(r.dir)
			if err == nil || errors.Is(err, fs.ErrNotExist) {
				break
			}
			if time.Now().After(deadline) {
				failed = errors.Join(failed, fmt.Errorf("cgroup of an instance: %w", err))
				break
			}
		}
	}
	return failed
}

// removeGroups removes a cgroup and what a process made below it. Their files
// go with them.
func removeGroups(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() {
			if err := removeGroups(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return syscall.Rmdir(dir)
}

// cellPrefix begins the names of all cells of an agent's directory, and of no
// other's.
func cellPrefix(identity string) string { return "lockstep-" + identity + "." }

func cellName(identity, env, instance, launch string) string {
	return cellPrefix(identity) + env + "." + instance + "." + launch[:min(len(launch), 8)]
}

func isCell(name, identity string) bool { return strings.HasPrefix(name, cellPrefix(identity)) }
