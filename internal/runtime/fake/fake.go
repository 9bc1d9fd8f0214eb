package fake

import (
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// Fake is a runtime.Runtime, a runtime.LogTailer, a runtime.JobRunner and a traffic.Router.
type Fake struct {
	mu      sync.Mutex
	envs    map[string]*environment
	effects []Effect
	faults  []*Fault
	random  func(n int) int // nil: no faults at random
	percent int
	jobs    []runtime.Job
	pids    int
	live    map[string]claim // of live addresses, by project
}

var (
	_ runtime.Runtime   = (*Fake)(nil)
	_ runtime.LogTailer = (*Fake)(nil)
	_ runtime.JobRunner = (*Fake)(nil)
	_ traffic.Router    = (*Fake)(nil)

	_ runtime.JobWatcher = (*Fake)(nil)
	_ runtime.Accountant = (*Fake)(nil)
	_ traffic.LiveRouter = (*Fake)(nil)
	_ traffic.Sampler    = (*Fake)(nil)
)

// New makes a Fake in which nothing runs.
func New() *Fake { return &Fake{envs: map[string]*environment{}, live: map[string]claim{}} }

// claim is the highest epoch of a live address, and to whom it was given.
type claim struct {
	epoch       int64
	environment string
}

// environment is all that is known of one; the fence outlives a Remove.
type environment struct {
	fence     int64
	done      map[string]bool // keys of starts, with their group
	prepared  map[string]lockstep.Group
	instances map[string]*instance
	routing   lockstep.Routing
	load      load
	jobs      map[string]*job // by key
	runs      map[string]int  // of each command
	made      map[lockstep.LedgerKind]int64
	leaks     []string
}

// Effect is something that a call changed. Calls that found their work done
// have none.
type Effect struct {
	At          time.Time
	Name        string // prepare, start, shrink, stop, remove, route, job
	Environment string
	Key         string
	Fence       int64
	What        string // instance, group, or the routing in short
}

func (e Effect) String() string { return e.Name + " " + e.What }

// Effects lists what happened, oldest first.
func (f *Fake) Effects() []Effect {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Effect(nil), f.effects...)
}

// Starts counts how often a Start launched each instance of the environment.
func (f *Fake) Starts(environment string) map[string]int {
	out := map[string]int{}
	for _, e := range f.Effects() {
		if e.Name == "start" && e.Environment == environment {
			out[e.What]++
		}
	}
	return out
}

// Prepared are the environment's groups as they came, by ID.
func (f *Fake) Prepared(environment string) map[string]lockstep.Group {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.env(environment).prepared)
}

func (f *Fake) note(call runtime.Call, name, what string) {
	f.effects = append(f.effects, Effect{time.Now(), name, call.Environment, call.Key, call.Fence, what})
}

func (f *Fake) env(id string) *environment {
	e, ok := f.envs[id]
	if !ok {
		e = &environment{made: map[lockstep.LedgerKind]int64{}}
		e.forget()
		f.envs[id] = e
	}
	return e
}

func (e *environment) forget() {
	e.done, e.prepared, e.instances = map[string]bool{}, map[string]lockstep.Group{}, map[string]*instance{}
	e.jobs, e.runs = map[string]*job{}, map[string]int{}
}

// enter checks the fence of an effect and holds the highest one seen.
func (f *Fake) enter(call runtime.Call) (*environment, error) {
	e := f.env(call.Environment)
	if call.Fence < e.fence {
		return nil, lockstep.Errorf(lockstep.CodeFenced, "environment %s is held under fence %d, this call has %d", call.Environment, e.fence, call.Fence)
	}
	e.fence = call.Fence
	return e, nil
}

func (f *Fake) launch(e *environment, g lockstep.Group, index int) (*instance, error) {
	s, err := parse(g.Spec.Command)
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeInvalid, "service %s: %w", g.Service, err)
	}
	f.pids += 1000 // each restart takes the next one
	i := &instance{
		id: lockstep.InstanceID(g.ID, index), service: g.Service, group: g.ID, script: s,
		pid: f.pids, address: s.listen, launched: time.Now(),
	}
	if i.address == "" {
		i.address = fmt.Sprintf("127.0.0.1:%d", 20000+f.pids/1000)
	}
	e.instances[i.id] = i
	e.made[lockstep.LedgerProcesses]++
	return i, nil
}
