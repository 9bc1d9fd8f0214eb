package agent

import (
	"cmp"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// presence is an environment's processes at one look.
type presence struct {
	b        *book
	id       string
	env      *environment
	lasted   time.Duration
	used     map[string]use      // by launch
	grown    map[string]int64    // log bytes by instance
	restarts map[instanceKey]int // at the look before

	usage []lockstep.InstanceUsage
}

// spender is who Prometheus hears of; it goes with its last instance.
type spender struct{ project, environment, revision, service string }

type spending struct {
	cpu    time.Duration // since the agent began
	memory int64         // now
	seen   bool
}

// revisionOf is the revision behind a group: of several that share it the one
// with the largest share of the requests.
func revisionOf(routing *lockstep.Routing, group string) (id, hash string) {
	if routing == nil {
		return "", ""
	}
	best := -1
	for _, revision := range routing.Revisions {
		weight := 0
		for _, s := range routing.Splits {
			if s.Revision == revision.Revision {
				weight = s.Weight
			}
		}
		uses := slices.ContainsFunc(revision.Services, func(s lockstep.ServiceRoute) bool { return s.Group == group })
		if uses && weight > best {
			best, id, hash = weight, revision.Revision, revision.Hash
		}
	}
	return id, hash
}

// figures are what the processes did, by revision and service and in all.
func (p *presence) figures() lockstep.EnvironmentFigures {
	type part struct{ revision, service string }
	parts := map[part][]lockstep.InstanceUsage{}
	extra := map[part]lockstep.Figures{}
	for _, i := range p.b.a.of(p.id, "") {
		u := p.look(i)
		at := part{u.Revision, u.Service}
		parts[at] = append(parts[at], u)
		f := extra[at]
		f.LogBytes += p.grown[i.id]
		delete(p.grown, i.id)
		f.Restarts += p.restarted(i.id, u.Restarts)
		extra[at] = f
		p.usage = append(p.usage, u)
	}
	for instance, n := range p.grown { // what instances said at last
		at := part{"", serviceOf(instance)}
		f := extra[at]
		f.LogBytes += n
		extra[at] = f
		if _, ok := parts[at]; !ok {
			parts[at] = nil
		}
	}
	out := lockstep.EnvironmentFigures{All: p.sum(p.usage)}
	for at, instances := range parts {
		f := p.sum(instances)
		f.LogBytes, f.Restarts = extra[at].LogBytes, extra[at].Restarts
		out.All.LogBytes += f.LogBytes
		out.All.Restarts += f.Restarts
		out.Parts = append(out.Parts, lockstep.FiguresPart{Revision: at.revision, Service: at.service, Figures: f})
	}
	slices.SortFunc(out.Parts, func(a, b lockstep.FiguresPart) int {
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Revision, b.Revision))
	})
	d := p.b.disks.of(p.id)
	if d.of == 0 { // it is new
		p.b.disks.look(p.b.a)
	}
	out.All.Disk, out.All.DiskOf, out.All.DiskFree, out.All.DiskAtLeast = d.bytes, d.of, d.free, d.atLeast
	return out
}

// look is what one instance uses.
func (p *presence) look(i *instance) lockstep.InstanceUsage {
	v := i.view()
	i.mu.Lock()
	launch := i.rec.Launch
	i.mu.Unlock()
	revision, hash := revisionOf(p.env.Routing, v.Group)
	used := p.used[launch]
	u := lockstep.InstanceUsage{
		ID: v.ID, Service: v.Service, Revision: revision, Restarts: v.Restarts,
		Memory: used.memory, CPUOf: int64(machineCores()) * 1000, MemoryOf: machineMemory(),
	}
	if p.lasted > 0 {
		u.CPU = int64(used.cpu) * 1000 / int64(p.lasted)
	}
	if limit, err := i.group.Spec.Resources.MilliCPU(); err == nil && limit > 0 {
		u.CPUOf = min(u.CPUOf, limit)
	}
	if limit, err := i.group.Spec.Resources.MemoryBytes(); err == nil && limit > 0 {
		u.MemoryOf = limit
		if all := machineMemory(); all > 0 {
			u.MemoryOf = min(all, limit)
		}
	}
	at := spender{p.env.Place.Project, p.env.Place.Environment, hash, v.Service}
	s, ok := p.b.spent[at]
	if !ok {
		s = &spending{}
		p.b.spent[at] = s
	}
	if !s.seen {
		s.seen, s.memory = true, 0
	}
	s.cpu += used.cpu
	s.memory += used.memory
	return u
}

// sum is what instances use together, of what they may: their limits as far
// as the machine has so much.
func (p *presence) sum(instances []lockstep.InstanceUsage) lockstep.Figures {
	if len(instances) == 0 {
		return lockstep.Figures{}
	}
	var cpu, cpuOf, memory, memoryOf int64
	for _, u := range instances {
		cpu += u.CPU
		cpuOf += u.CPUOf
		memory += u.Memory
		memoryOf += u.MemoryOf
	}
	cpuOf, memoryOf = min(cpuOf, int64(machineCores())*1000), min(memoryOf, machineMemory())
	ms := p.lasted.Milliseconds()
	return lockstep.Figures{
		CPU: cpu * ms / 1000, CPUOf: cpuOf * ms / 1000, CPUPeak: cpu,
		Memory: memory / 1024 * ms / 1000, MemoryOf: memoryOf / 1024 * ms / 1000, MemoryPeak: memory,
		Looked: ms,
	}
}

// restarted is how often an instance ended since the last look.
func (p *presence) restarted(instance string, now int) int64 {
	key := instanceKey{p.id, instance}
	before, known := p.restarts[key]
	p.b.restarts[key] = now
	if !known && p.lasted == 0 {
		return 0 // before this agent's time
	}
	return int64(max(0, now-before))
}
