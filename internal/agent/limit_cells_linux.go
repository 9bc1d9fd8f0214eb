package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// fileCells lists, a line each, below which directories cells may be: an
// agent that is started elsewhere has another cgroup of its own.
const fileCells = "cgroups"

// cells makes the cgroups of instances, below the agent's own.
type cells struct {
	dir      string // the agent's
	identity string
	log      *slog.Logger
	branches []branch
	lacking  lacks

	mu   sync.Mutex
	said map[string]bool // reasons that are in the log
}

func openCells(dir, identity string, log *slog.Logger) *cells {
	c := &cells{dir: dir, identity: identity, log: log, said: map[string]bool{}}
	c.branches, c.lacking = branches()
	return c
}

// describe says for people how limits are enforced here.
func (c *cells) describe() string {
	var versions []string
	for _, b := range c.branches {
		if v := fmt.Sprintf("cgroups v%d", b.version); !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
	}
	return c.lacking.describe(strings.Join(versions, " and "))
}

// make makes the cell of a launch: nil where it wants no limit or none can be
// set. caveat says, for people, which limits are not.
func (c *cells) make(env, instance, launch string, l limit) (_ *cell, caveat string) {
	if !l.any() {
		return nil, ""
	}
	made := &cell{limit: l}
	lacking := c.lacking.of(l)
	name := cellName(c.identity, env, instance, launch)
	for _, b := range c.branches {
		r := room{branch: b, dir: filepath.Join(b.base, name)}
		set, err := c.furnish(r, l)
		for control, err := range err {
			lacking[control] = lack{why: err.Error()}
		}
		if set {
			made.rooms = append(made.rooms, r)
		}
	}
	if caveat = lacking.caveat(l); caveat != "" {
		c.complain(caveat)
	}
	if len(made.rooms) == 0 {
		return nil, caveat
	}
	return made, caveat
}

// furnish makes a directory and writes the limits that belong there. set says
// whether there is one; failed has those that there are not.
func (c *cells) furnish(r room, l limit) (set bool, failed map[string]error) {
	failed = map[string]error{}
	var wanted []string
	for _, control := range r.controls {
		if l.asks(control) {
			wanted = append(wanted, control)
		}
	}
	if len(wanted) == 0 {
		return false, failed
	}
	err := c.noteBase(r.base)
	if err == nil {
		err = os.Mkdir(r.dir, 0o755)
	}
	for _, control := range wanted {
		if err == nil || errors.Is(err, fs.ErrExist) {
			err := confine(r.version, r.dir, control, l)
			if err == nil {
				set = true
				continue
			}
			failed[control] = err
		} else {
			failed[control] = err
		}
	}
	if !set {
		_ = os.Remove(r.dir) // it may never have been
	}
	return set, failed
}

// complain logs a reason once.
func (c *cells) complain(caveat string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.said[caveat] {
		c.said[caveat] = true
		c.log.Warn("limits of a service are not enforced", "reason", caveat)
	}
}

// adopt is the cell that a living process is in, nil where it is in none of
// ours, and the caveat that make has. Its limits are written again: whoever
// takes a cgroup of version 2 back from an agent loses those below it.
func (c *cells) adopt(pid int, l limit) (_ *cell, caveat string) {
	found := c.find(pid)
	lacking := lacks{}.with(lack{why: "it was started without"}, controls).of(l)
	if found == nil {
		return nil, lacking.caveat(l)
	}
	found.limit = l
	for _, r := range found.rooms {
		for _, control := range r.controls {
			if !l.asks(control) {
				continue
			}
			if err := confine(r.version, r.dir, control, l); err != nil {
				lacking[control] = lack{why: err.Error()}
			} else {
				delete(lacking, control)
			}
		}
	}
	return found, lacking.caveat(l)
}

// find is the cell that a living process is in; nil: in none of ours.
func (c *cells) find(pid int) *cell {
	all, err := mountedHere()
	if err != nil {
		return nil
	}
	of := membershipOf(fmt.Sprint(pid))
	found := &cell{}
	for _, control := range append([]string{""}, controls...) {
		dir, ok := placeOf(control, all, of)
		if !ok {
			continue
		}
		for ; dir != "/" && dir != "."; dir = filepath.Dir(dir) { // it may have made one below ours
			if isCell(filepath.Base(dir), c.identity) {
				found.add(dir, control)
				break
			}
		}
	}
	if len(found.rooms) == 0 {
		return nil
	}
	return found
}

func (c *cell) add(dir, control string) {
	b := branch{version: 1, base: filepath.Dir(dir), controls: []string{control}}
	if control == "" {
		b.version, b.controls = 2, controls
	}
	if at := slices.IndexFunc(c.rooms, func(r room) bool { return r.dir == dir }); at >= 0 {
		c.rooms[at].controls = append(c.rooms[at].controls, b.controls...)
		return
	}
	c.rooms = append(c.rooms, room{branch: b, dir: dir})
}

// noteBase remembers durably that cells may be below a directory.
func (c *cells) noteBase(base string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.bases()
	if slices.Contains(known, base) {
		return nil
	}
	return writeDurably(filepath.Join(c.dir, fileCells), []byte(strings.Join(append(known, base), "\n")+"\n"))
}

func (c *cells) bases() []string {
	text, _ := os.ReadFile(filepath.Join(c.dir, fileCells)) // none is none
	var out []string
	for line := range strings.Lines(string(text)) {
		if base := strings.TrimSpace(line); filepath.IsAbs(base) {
			out = append(out, base)
		}
	}
	return out
}

// leftovers are the cells of this directory's agents that are not in use.
func (c *cells) leftovers(used []*cell) []*cell {
	keep := map[string]bool{}
	for _, u := range used {
		if u != nil {
			for _, r := range u.rooms {
				keep[r.dir] = true
			}
		}
	}
	var out []*cell
	for _, base := range c.bases() {
		entries, err := os.ReadDir(base)
		if err != nil {
			continue // gone with all that was in it
		}
		for _, e := range entries {
			dir := filepath.Join(base, e.Name())
			if e.IsDir() && isCell(e.Name(), c.identity) && !keep[dir] {
				out = append(out, &cell{rooms: []room{{branch: branch{version: 2, base: base}, dir: dir}}})
			}
		}
	}
	return out
}
