package agent

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// The controllers of cgroups, in the words of both their versions.
const (
	controlCPU    = "cpu"
	controlMemory = "memory"
)

// controls are all of them, as they are listed to people.
var controls = []string{controlMemory, controlCPU}

// limit is what one launch may use at most.
type limit struct {
	milliCPU int64 // thousandths of a core; 0: any amount
	memory   int64 // bytes; 0: any amount
	spelled  lockstep.Resources
}

func limitOf(r lockstep.Resources) (limit, error) {
	l := limit{spelled: r}
	var err error
	if l.milliCPU, err = r.MilliCPU(); err != nil {
		return limit{}, fmt.Errorf("its cpu limit: %w", err)
	}
	if l.memory, err = r.MemoryBytes(); err != nil {
		return limit{}, fmt.Errorf("its memory limit: %w", err)
	}
	return l, nil
}

// asks says whether the limit is one for this controller.
func (l limit) asks(control string) bool {
	return control == controlCPU && l.milliCPU > 0 || control == controlMemory && l.memory > 0
}

func (l limit) any() bool { return l.milliCPU > 0 || l.memory > 0 }

// cpuQuota is the limit as time on processors in a period, both in
// microseconds. The kernel takes no quota below a thousandth of a second and
// no period above one.
func (l limit) cpuQuota() (quota, period int64) {
	period = 100_000
	if l.milliCPU*period/1000 < 1000 {
		period = 1_000_000
	}
	return max(l.milliCPU*period/1000, 1000), period
}

// lacks says why controllers cannot be used: by their names.
type lacks map[string]lack

// lack is one reason, for people.
type lack struct {
	why string
	do  string // about it; may be ""
}

// with adds the same reason for some controllers.
func (ls lacks) with(l lack, controls []string) lacks {
	for _, control := range controls {
		ls[control] = l
	}
	return ls
}

// of are the limits that l asks for in vain.
func (ls lacks) of(l limit) lacks {
	out := maps.Clone(ls)
	maps.DeleteFunc(out, func(control string, _ lack) bool { return !l.asks(control) })
	return out
}

// caveat is what a person who looks at an instance is told of them.
func (ls lacks) caveat(l limit) string {
	spelled := map[string]string{controlCPU: l.spelled.CPU, controlMemory: l.spelled.Memory}
	var said []string
	for _, same := range ls.grouped() {
		var names []string
		for _, control := range same {
			names = append(names, control+" limit of "+spelled[control])
		}
		said = append(said, fmt.Sprintf("its %s %s not enforced: %s", strings.Join(names, " and "), isOrAre(names), ls[same[0]].why))
	}
	return strings.Join(said, "; ")
}

// describe is what `lockstep info` says: how limits are enforced here, where
// they are, and why the others are not and what to do.
func (ls lacks) describe(how string) string {
	var said, enforced []string
	for _, control := range controls {
		if _, ok := ls[control]; !ok {
			enforced = append(enforced, display[control])
		}
	}
	if len(enforced) > 0 {
		said = append(said, fmt.Sprintf("%s limits are enforced by %s", strings.Join(enforced, " and "), how))
	}
	for _, same := range ls.grouped() {
		var names []string
		for _, control := range same {
			names = append(names, display[control])
		}
		text := fmt.Sprintf("%s limits are not enforced for processes on this machine: %s", strings.Join(names, " and "), ls[same[0]].why)
		if do := ls[same[0]].do; do != "" {
			text += ": " + do
		}
		said = append(said, text)
	}
	return strings.Join(said, "; ")
}

var display = map[string]string{controlCPU: "CPU", controlMemory: "memory"}

// grouped are the controllers with the same reason together.
func (ls lacks) grouped() [][]string {
	var out [][]string
	for _, control := range controls {
		l, ok := ls[control]
		if !ok {
			continue
		}
		at := slices.IndexFunc(out, func(same []string) bool { return ls[same[0]] == l })
		if at < 0 {
			out = append(out, []string{control})
		} else {
			out[at] = append(out[at], control)
		}
	}
	return out
}

func isOrAre(names []string) string {
	if len(names) == 1 {
		return "is"
	}
	return "are"
}

// overMemory is how an instance ended that was killed for its memory.
func (l limit) overMemory() string {
	if l.memory == 0 {
		return "this machine had no memory left"
	}
	return "it used more than its " + l.spelled.Memory + " of memory"
}
