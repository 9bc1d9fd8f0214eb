package agent

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// How often the agent looks at what its environments do, and how it keeps it.
const (
	bookLook    = 5 * time.Second
	bookMinute  = lockstep.FigureMinute
	bookRecent  = 10 * time.Second // what rates are of
	bookClients = 5                // minutes that active clients are of
	bookFresh   = 250 * time.Millisecond
)

// book keeps the figures of the environments: of the minute that runs in
// memory, of those that are over as files until a server has fetched them
// (frames.go). What happened between two looks belongs to the later one. An
// agent that is killed loses the minute; one that ends writes what there is
// of it.
type book struct {
	a *agent
	frames
	procs *procs
	disks disks

	mu       sync.Mutex
	last     time.Time // of the last look; zero before the first
	open     lockstep.Frame
	looks    []glance                     // of the last minute, oldest first
	clients  []map[string]lockstep.Sketch // by environment; of the minutes before, oldest first
	usage    map[string][]lockstep.InstanceUsage
	inFlight map[string]int64
	restarts map[instanceKey]int
	spent    map[spender]*spending
}

// glance is what one look found.
type glance struct {
	at           time.Time
	lasted       time.Duration
	environments map[string]lockstep.EnvironmentFigures
}

func newBook(a *agent) *book {
	return &book{
		a: a, frames: frames{dir: filepath.Join(a.opts.Dir, "figures"), log: a.log}, procs: newProcs(),
		usage: map[string][]lockstep.InstanceUsage{}, inFlight: map[string]int64{},
		restarts: map[instanceKey]int{}, spent: map[spender]*spending{},
	}
}

// run looks until ctx ends, also when a minute does.
func (b *book) run(ctx context.Context) {
	for {
		now := time.Now()
		next := min(bookLook, now.Truncate(bookMinute).Add(bookMinute).Sub(now))
		timer := time.NewTimer(max(next, time.Millisecond))
		b.look(now, 0)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// finish writes what there is of the minute.
func (b *book) finish() {
	b.look(time.Now(), 0)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.turn(time.Now())
}

// look takes what has happened since the last look, unless that was fresh.
func (b *book) look(now time.Time, fresh time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now = now.Round(0) // only the wall clock shows that the machine slept, or that the clock was set
	lasted := now.Sub(b.last)
	switch {
	case b.last.IsZero():
		lasted = 0
		b.open = lockstep.Frame{From: now}
	case lasted > 4*bookLook, lasted < -bookLook: // the machine slept, or the clock was set: of that time nothing is known
		b.turn(b.last)
		b.open.From = now.Add(-bookLook)
		b.looks = nil // whose times mean nothing any more
		lasted = bookLook
	case lasted < fresh || lasted <= 0:
		return
	}
	b.last = now
	found := b.found(lasted)
	if b.open.Environments == nil {
		b.open.Environments = map[string]lockstep.EnvironmentFigures{}
	}
	for id, f := range found {
		b.open.Environments[id] = b.open.Environments[id].Plus(f)
	}
	b.looks = append(b.looks, glance{now, lasted, found})
	for len(b.looks) > 1 && now.Sub(b.looks[0].at) > bookMinute {
		b.looks = b.looks[1:]
	}
	if now.Truncate(bookMinute).After(b.open.From.Truncate(bookMinute)) {
		b.turn(now)
		b.disks.look(b.a)
		b.a.pruneLogs(now)
	}
}

// turn ends the open frame.
func (b *book) turn(now time.Time) {
	done := b.open
	done.Until = now
	b.open = lockstep.Frame{From: now}
	sketches := map[string]lockstep.Sketch{}
	for id, e := range done.Environments {
		if e.All.Clients != nil {
			sketches[id] = e.All.Clients
		}
	}
	b.clients = append(b.clients, sketches)
	b.clients = b.clients[max(0, len(b.clients)-bookClients+1):]
	if len(done.Environments) > 0 && done.Until.After(done.From) {
		b.write(done)
	}
}

// found is what every environment did.
func (b *book) found(lasted time.Duration) map[string]lockstep.EnvironmentFigures {
	out := map[string]lockstep.EnvironmentFigures{}
	harvest := b.a.edge.Harvest()
	grown := b.a.logs.takeGrown()
	used := b.procs.look(b.a.table, lasted)
	known := b.a.store.view().Environments
	clear(b.usage)
	clear(b.inFlight)
	restarts := b.restarts
	b.restarts = make(map[instanceKey]int, len(restarts))
	for _, s := range b.spent {
		s.seen = false
	}
	for id, e := range known {
		if e.isRemoved() {
			continue
		}
		p := presence{b: b, id: id, env: e, lasted: lasted, used: used, grown: grown[id], restarts: restarts}
		figures := harvest[id].EnvironmentFigures
		b.inFlight[id] = harvest[id].InFlight
		out[id] = figures.Plus(p.figures())
		b.usage[id] = p.usage
	}
	maps.DeleteFunc(b.spent, func(_ spender, s *spending) bool { return !s.seen })
	return out
}

// usageOf is what environments use now.
func (b *book) usageOf(id string) map[string]lockstep.Usage {
	b.look(time.Now(), bookFresh)
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[string]lockstep.Usage{}
	for env, instances := range b.usage {
		if id != "" && id != env {
			continue
		}
		u := lockstep.Usage{
			At: b.last, OpenFrom: b.open.From, Instances: slices.Clone(instances), InFlight: b.inFlight[env],
			Cores: machineCores(), Memory: machineMemory(), Keeps: lockstep.Duration(framesKept),
		}
		u.Traffic = sharesOf(b.a.store.view().environment(env).Routing)
		if id != "" {
			u.Open = b.open.Environments[env]
		}
		u.Recent, u.RecentFor, u.Latencies = b.recently(env)
		var sketch lockstep.Sketch
		sketch.Merge(b.open.Environments[env].All.Clients)
		for _, minute := range b.clients {
			sketch.Merge(minute[env])
		}
		u.Clients = sketch.Estimate()
		out[env] = u
	}
	return out
}

// sharesOf are the parts that a routing gives to versions.
func sharesOf(routing *lockstep.Routing) []lockstep.TrafficShare {
	out := []lockstep.TrafficShare{}
	if routing == nil {
		return out
	}
	total := 0
	for _, s := range routing.Splits {
		total += max(0, s.Weight)
	}
	for _, s := range routing.Splits {
		for _, r := range routing.Revisions {
			if r.Revision == s.Revision && s.Weight > 0 {
				out = append(out, lockstep.TrafficShare{Version: r.Release, Hash: r.Hash, Percent: 100 * float64(s.Weight) / float64(total)})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b lockstep.TrafficShare) int { return cmp.Compare(b.Percent, a.Percent) })
	return out
}

// recently is what an environment did in the last seconds, and its latencies
// of the last minute.
func (b *book) recently(env string) (sum lockstep.EnvironmentFigures, lasted lockstep.Duration, minute lockstep.Histogram) {
	for _, g := range slices.Backward(b.looks) {
		f := g.environments[env]
		minute = minute.Plus(f.All.Latencies)
		if lasted.Std() < bookRecent {
			lasted += lockstep.Duration(g.lasted)
			f.All.Clients, f.All.Latencies = nil, nil
			parts := slices.Clone(f.Parts)
			for i := range parts {
				parts[i].Clients, parts[i].Latencies = nil, nil
			}
			sum = sum.Plus(lockstep.EnvironmentFigures{All: f.All, Parts: parts})
		}
	}
	return sum, lasted, minute
}

// pruneLogs removes logs of instances that are gone for long.
func (a *agent) pruneLogs(now time.Time) {
	dirs, _ := os.ReadDir(a.logs.dir) // there may be none
	for _, d := range dirs {
		a.logs.prune(d.Name(), now, a.store.view().environment(d.Name()).has)
	}
}
