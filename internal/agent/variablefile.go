package agent

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/lockstep-dev/lockstep"
)

// valueFiles is where the values lie that instances and jobs get as files:
//
//	ROOT/<environment>/<instance>/<VARIABLE>
//	ROOT/jobs/<launch>/<VARIABLE>
//
// The root is in a file system that lives in memory, where this machine has
// one that lasts as long as the agent's processes do, and below the agent's
// directory otherwise. What a launch got goes when its processes are gone.
type valueFiles struct {
	root string   // where new ones go
	all  []string // where there may be others, of an agent that found another root
	why  string   // the root is on a disk; "": it is not

	mu sync.Mutex // held while directories are made and taken away
}

const ofJobs = "jobs"

// openValueFiles takes the first of these directories in memory in which the
// agent can have one of its own. why says why there is none.
func openValueFiles(dir, identity string, memory []string, why string) *valueFiles {
	onDisk := filepath.Join(dir, "variables")
	f := &valueFiles{root: onDisk, why: why}
	for _, in := range memory {
		root := filepath.Join(in, "lockstep-"+identity)
		err := makeOwn(root)
		f.all = append(f.all, root)
		if err == nil {
			_ = os.Remove(root) // that it could be made is enough; it stays where it has files
			if f.root == onDisk {
				f.root, f.why = root, ""
			}
		} else if f.root == onDisk {
			f.why = err.Error()
		}
	}
	f.all = append(f.all, onDisk)
	return f
}

// makeOwn makes a directory that nobody else can look into, or finds that it is
// one: others may have been first where everybody may make some.
func makeOwn(root string) error {
	err := os.Mkdir(root, 0o700)
	if errors.Is(err, os.ErrExist) {
		return isOwn(root)
	}
	return err
}

// isOwn is asked before anything in it is touched: a stranger may have put a
// link there while the agent had nothing in it. Once it is ours nobody else
// can take it away.
func isOwn(root string) error {
	info, err := os.Lstat(root)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() || info.Mode().Perm()&^0o711 != 0 {
		return fmt.Errorf("%s is there already and not this agent's own: remove it", root)
	}
	return nil
}

// describe is what `lockstep info` says.
func (f *valueFiles) describe() string {
	if f.why == "" {
		return "in memory, below " + f.root
	}
	return "on disk, below " + f.root + ", because " + f.why
}

// holds says whether a path is the root or below it.
func (f *valueFiles) holds(path string) bool {
	return path == f.root || strings.HasPrefix(path, f.root+string(filepath.Separator))
}

// asFiles writes the values of some variables into files of a new directory,
// which only their user can read, and gives their paths instead.
func (a *agent) asFiles(place string, own, names []string, owner *account) ([]string, error) {
	if len(names) == 0 {
		return own, nil
	}
	out, err := a.values.write(place, own, names, owner)
	if err == nil && owner != nil {
		err = a.admit(owner, filepath.Join(a.values.root, place), true)
	}
	if err != nil {
		a.removeValues(place)
		return nil, err
	}
	return out, nil
}

func (f *valueFiles) write(place string, own, names []string, owner *account) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir := filepath.Join(f.root, place)
	err := makeOwn(f.root)
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("the files of its variables: %w", err)
	}
	out := make([]string, len(own))
	for n, kv := range own {
		name, value, _ := strings.Cut(kv, "=")
		if !slices.Contains(names, name) {
			out[n] = kv
			continue
		}
		path := filepath.Join(dir, name)
		err := os.WriteFile(path, []byte(value), 0o600)
		if errors.Is(err, syscall.ENOSPC) {
			return nil, lockstep.Errorf(lockstep.CodeUnavailable, "the file of variable %s: %s is full: make room there", name, filepath.Dir(f.root))
		}
		if err != nil {
			return nil, fmt.Errorf("the file of variable %s: %w", name, err)
		}
		if owner != nil {
			if err := os.Chown(path, int(owner.credential.Uid), int(owner.credential.Gid)); err != nil {
				return nil, fmt.Errorf("give user %s the file of variable %s: %w", owner.name, name, err)
			}
		}
		out[n] = name + "=" + path
	}
	return out, nil
}

// removeValues takes a place away, wherever it may be, and what is empty
// without it.
func (a *agent) removeValues(place string) { a.values.remove(a.log, place) }

func (f *valueFiles) remove(log *slog.Logger, place string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, root := range f.all {
		if isOwn(root) != nil {
			continue
		}
		removeAll(log, filepath.Join(root, place))
		for dir := filepath.Dir(place); dir != "."; dir = filepath.Dir(dir) {
			_ = os.Remove(filepath.Join(root, dir)) // not empty is as good
		}
		_ = os.Remove(root)
	}
}

// sweepValues takes away what belongs to nothing that is known: of an agent
// that died, or whose state somebody moved away.
func (a *agent) sweepValues(known *state) {
	wanted := map[string]bool{}
	for env, e := range known.Environments {
		for _, g := range e.Groups {
			for id := range g.Instances {
				wanted[valuesOf(env, id)] = true
			}
		}
		for _, j := range e.Jobs {
			wanted[valuesOf(ofJobs, j.Launch)] = true
		}
	}
	for _, root := range a.values.all {
		if isOwn(root) != nil {
			continue
		}
		found, _ := filepath.Glob(filepath.Join(root, "*", "*")) // a good pattern
		for _, path := range found {
			if place, err := filepath.Rel(root, path); err == nil && !wanted[place] {
				a.removeValues(place)
			}
		}
	}
}

func valuesOf(env, instance string) string { return filepath.Join(env, instance) }
