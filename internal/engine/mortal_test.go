package engine_test

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/runtime/fake"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

var errDead = errors.New("this worker is dead")

// point is the nth time that a worker passes a failpoint.
type point struct {
	name string
	nth  int
}

// A mortal worker dies at a point: from then on none of its calls reaches
// store, runtime or router. It stands for a process that was killed, whose
// goroutines a test cannot end. One that pauses stands still instead, with all
// that it does, and then goes on, as a process does that was stopped.
type mortal struct {
	engine.Store
	*fake.Fake

	mu     sync.Mutex
	at     point
	pauses bool
	passed map[string]int
	trail  []point // all that it passed
	dead   bool
	died   chan struct{} // closed when it is at its point
	grave  chan struct{} // closed: what stands at a failpoint goes on
}

func (w *world) mortal(at point) *mortal {
	return &mortal{Store: w.store, Fake: w.fake, at: at, passed: map[string]int{}, died: make(chan struct{}), grave: make(chan struct{})}
}

// options make a worker of it.
func (m *mortal) options(o *engine.Options) {
	o.Store = mortalStore{m}
	o.Runtime = func(lockstep.Environment) (runtime.Runtime, traffic.Router, error) {
		return mortalRuntime{m}, mortalRuntime{m}, nil
	}
	o.Failpoint = m.pass
	sync := o.Sync
	o.Sync = func(ctx context.Context, op lockstep.Operation, lease lockstep.Lease) (string, error) {
		if err := m.alive(); err != nil {
			return "", err
		}
		return sync(ctx, op, lease)
	}
}

func (m *mortal) pass(name string) {
	m.mu.Lock()
	m.passed[name]++
	here := point{name, m.passed[name]}
	m.trail = append(m.trail, here)
	stand := m.dead || here == m.at
	if here == m.at {
		m.dead = true
		close(m.died)
	}
	m.mu.Unlock()
	if stand {
		<-m.grave
	}
}

// wake lets what stands still go on: into errors where it is dead, and where
// it was paused into a world that has changed.
func (m *mortal) wake() {
	m.mu.Lock()
	m.dead = m.dead && !m.pauses
	m.mu.Unlock()
	close(m.grave)
}

func (m *mortal) alive() error {
	m.mu.Lock()
	dead := m.dead
	m.mu.Unlock()
	if dead && m.pauses {
		<-m.grave
		return nil
	}
	if dead {
		return errDead
	}
	return nil
}

type mortalStore struct{ *mortal }

func (m mortalStore) Claim(ctx context.Context, worker, host string, ttl time.Duration) (*lockstep.Claimed, error) {
	if err := m.alive(); err != nil {
		return nil, err
	}
	return m.Store.Claim(ctx, worker, host, ttl)
}

func (m mortalStore) Heartbeat(ctx context.Context, lease lockstep.Lease, ttl time.Duration) (lockstep.Signals, error) {
	if err := m.alive(); err != nil {
		return lockstep.Signals{}, err
	}
	return m.Store.Heartbeat(ctx, lease, ttl)
}

func (m mortalStore) TakeLive(ctx context.Context, lease lockstep.Lease, yields bool) (lockstep.Project, bool, error) {
	if err := m.alive(); err != nil {
		return lockstep.Project{}, false, err
	}
	return m.Store.TakeLive(ctx, lease, yields)
}

func (m mortalStore) Record(ctx context.Context, lease lockstep.Lease, record lockstep.Record) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Store.Record(ctx, lease, record)
}

func (m mortalStore) Revision(ctx context.Context, id string) (lockstep.Revision, error) {
	if err := m.alive(); err != nil {
		return lockstep.Revision{}, err
	}
	return m.Store.Revision(ctx, id)
}

func (m mortalStore) Due(ctx context.Context) (time.Time, error) {
	if err := m.alive(); err != nil {
		return time.Time{}, err
	}
	return m.Store.Due(ctx)
}

// mortalRuntime cuts the effects off. A report to the dead changes nothing.
type mortalRuntime struct{ *mortal }

func (m mortalRuntime) Prepare(ctx context.Context, call runtime.Call, place runtime.Place, groups []lockstep.Group) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Fake.Prepare(ctx, call, place, groups)
}

func (m mortalRuntime) Start(ctx context.Context, call runtime.Call, group string, replicas int) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Fake.Start(ctx, call, group, replicas)
}

func (m mortalRuntime) Stop(ctx context.Context, call runtime.Call, groups []string, drain time.Duration) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Fake.Stop(ctx, call, groups, drain)
}

func (m mortalRuntime) RunJob(ctx context.Context, call runtime.Call, place runtime.Place, job runtime.Job) (runtime.JobResult, error) {
	if err := m.alive(); err != nil {
		return runtime.JobResult{}, err
	}
	return m.Fake.RunJob(ctx, call, place, job)
}

func (m mortalRuntime) Remove(ctx context.Context, call runtime.Call) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Fake.Remove(ctx, call)
}

func (m mortalRuntime) Set(ctx context.Context, call runtime.Call, routing lockstep.Routing) error {
	if err := m.alive(); err != nil {
		return err
	}
	return m.Fake.Set(ctx, call, routing)
}

func (m mortalRuntime) Drain(ctx context.Context, call runtime.Call, groups []string, timeout time.Duration) (int, error) {
	if err := m.alive(); err != nil {
		return 0, err
	}
	return m.Fake.Drain(ctx, call, groups, timeout)
}
