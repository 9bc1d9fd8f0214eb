package agent

import (
	"runtime"
	"sync"
	"time"

	"github.com/shirou/gopsutil/v4/mem"
)

// use is what a launch's processes used since the look before.
type use struct {
	cpu    time.Duration
	memory int64 // bytes, resident, now; what processes share counts for each
}

// procs remembers how much processor time each process had used. What a
// process used after the last look before its end is not known.
type procs struct {
	before map[procKey]time.Duration
}

type procKey struct {
	pid  int
	born string
}

func newProcs() *procs { return &procs{before: map[procKey]time.Duration{}} }

// look adds up by launch. A process that was not there at the look before has
// used everything since, except at the first look.
func (p *procs) look(t *table, lasted time.Duration) map[string]use {
	out := map[string]use{}
	seen, err := t.now()
	if err != nil {
		return out
	}
	groups := map[int]string{} // to the launch of their leader
	for _, s := range seen {
		if s.launch != "" && s.pid == s.group {
			groups[s.group] = s.launch
		}
	}
	now := make(map[procKey]time.Duration, len(p.before))
	for _, s := range seen {
		launch := s.launch
		if launch == "" {
			launch = groups[s.group]
		}
		if launch == "" {
			continue
		}
		cpu, memory, ok := usedBy(s.pid)
		if !ok {
			continue
		}
		key := procKey{s.pid, s.born}
		now[key] = cpu
		u := out[launch]
		if before, known := p.before[key]; known || lasted > 0 {
			u.cpu += max(0, cpu-before)
		}
		u.memory += memory
		out[launch] = u
	}
	p.before = now
	return out
}

func machineCores() int { return runtime.NumCPU() }

// machineMemory is in bytes; 0 where it is not known.
var machineMemory = sync.OnceValue(func() int64 {
	v, err := mem.VirtualMemory()
	if err != nil {
		return 0
	}
	return int64(v.Total)
})
