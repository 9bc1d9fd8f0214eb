package monitor

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/alert"
)

// Store is where a Monitor reads what there is, and writes what it saw.
type Store interface {
	// Monitored is what the events after known concern: everything where that
	// is negative, or cannot be gone on from.
	Monitored(ctx context.Context, known int64) (lockstep.Monitored, error)
	HealthStates(ctx context.Context) ([]lockstep.ServiceHealth, error)
	RecordHealth(ctx context.Context, b lockstep.HealthBatch) error
	// HoldDuty takes or prolongs a duty; a ttl of 0 gives it up.
	HoldDuty(ctx context.Context, name, holder string, ttl time.Duration) (bool, error)
}

// Options of a Monitor. Store and Holder are required; a zero field means its
// default.
type Options struct {
	Store       Store
	Holder      string // this server, among those on the same database
	Host        string // the machine whose app services it sees
	Credentials string // the folder of the files that checks name
	// Apps sees the app services of an environment that runs here. None: they
	// are not seen.
	Apps func(ctx context.Context, env lockstep.Environment) ([]lockstep.ServiceHealth, error)
	// Checked, where set, is told of each check of a dependency. It must not block.
	Checked func(kind lockstep.CheckKind, status lockstep.HealthStatus, took time.Duration)
	Slots   int // probes at a time; 256
	Now     func() time.Time
	Logger  *slog.Logger

	chance                 func() float64
	newID                  func() string
	dutyEvery, alertsEvery time.Duration
}

const (
	defaultSlots = 256
	appInterval  = 10 * time.Second
	appTimeout   = 3 * time.Second
	tickEvery    = 20 * time.Millisecond
	followEvery  = time.Second     // what there is
	wholeEvery   = 60              // looks at what there is, of which one is at everything
	againEvery   = 5 * time.Second // what could not be written
	restEvery    = time.Minute     // the other states, and rollups
	dutyEvery    = 5 * time.Second
	dutyFor      = 16 * time.Second
	dutyName     = "checks"
)

// Monitor watches everything that the store knows. Its methods may be called
// concurrently.
type Monitor struct {
	opts    Options
	prober  *prober
	journal *journal
	ended   chan outcome

	mu       sync.Mutex
	schedule *schedule
	targets  map[key]target
	tracks   map[key]*track
	apps     map[string]*apps    // by environment
	known    int64               // the newest event when targets were made; everything: make them anew
	looks    int                 // since everything was read
	of       map[string][]key    // the targets by environment
	alerts   map[string]*watched // by environment
	rules    map[lockstep.AlertRule]alert.Rule
	duty     bool // this server checks the dependencies
	ticked   time.Time
}

// key names a service of an environment; the service "" all its app services.
type key struct{ environment, service string }

// outcome is a probe that ended.
type outcome struct {
	target  target
	result  result                   // of a dependency
	apps    []lockstep.ServiceHealth // of app services
	err     error                    // why these could not be seen
	at      time.Time
	stopped bool // the probe was cut short, and says nothing
}

// New makes a Monitor.
func New(opts Options) *Monitor {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Slots == 0 {
		opts.Slots = defaultSlots
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Checked == nil {
		opts.Checked = func(lockstep.CheckKind, lockstep.HealthStatus, time.Duration) {}
	}
	if opts.chance == nil {
		opts.chance = rand.Float64
	}
	if opts.dutyEvery == 0 {
		opts.dutyEvery = dutyEvery
	}
	if opts.alertsEvery == 0 {
		opts.alertsEvery = alertsEvery
	}
	if opts.newID == nil {
		opts.newID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	return &Monitor{
		opts: opts, prober: newProber(opts.Credentials, opts.Now), journal: newJournal(), ended: make(chan outcome),
		schedule: newSchedule(opts.Slots), targets: map[key]target{}, tracks: map[key]*track{}, apps: map[string]*apps{}, known: everything,
		of: map[string][]key{}, alerts: map[string]*watched{}, rules: map[lockstep.AlertRule]alert.Rule{},
	}
}

// Run watches until ctx ends, and then writes what it saw last.
func (m *Monitor) Run(ctx context.Context) {
	var working sync.WaitGroup
	working.Go(func() { every(ctx, m.opts.dutyEvery, m.takeDuty) })
	working.Go(func() { every(ctx, followEvery, m.follow) })
	working.Go(func() { every(ctx, m.opts.alertsEvery, m.judgeAlerts) })
	working.Go(func() { m.keepWriting(ctx) })
	working.Go(func() { m.keepProbing(ctx) })
	working.Wait()
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	m.write(late, m.journal.rest())
	if _, err := m.opts.Store.HoldDuty(late, dutyName, m.opts.Holder, 0); err != nil {
		m.opts.Logger.Warn("the duty to check dependencies ends by itself only", "error", err)
	}
}

// every calls do at once, and then again and again.
func every(ctx context.Context, interval time.Duration, do func(context.Context)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		do(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keepProbing starts what is due and takes in what ended.
func (m *Monitor) keepProbing(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	running := 0
	for ctx.Err() == nil || running > 0 {
		done := ctx.Done()
		if ctx.Err() != nil {
			done = nil // waits for the probes, which are cut short
		}
		select {
		case <-done:
		case <-tick.C:
			m.pass()
		case o := <-m.ended:
			running--
			m.see(o)
		}
		for ctx.Err() == nil {
			t, ok := m.next()
			if !ok {
				break
			}
			running++
			go func() { m.ended <- m.probe(ctx, t) }()
		}
	}
}

// pass tells the schedule how much time has passed.
func (m *Monitor) pass() {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.opts.Now()
	if !m.ticked.IsZero() {
		m.schedule.pass(now.Sub(m.ticked))
	}
	m.ticked = now
}

func (m *Monitor) next() (target, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for {
		k, ok := m.schedule.take()
		if !ok {
			return target{}, false
		}
		if t, ok := m.targets[k]; ok {
			return t, true
		}
		m.schedule.drop(k)
		m.schedule.done(k, 0, false)
	}
}

func (m *Monitor) probe(ctx context.Context, t target) outcome {
	o := outcome{target: t}
	if t.check != nil {
		o.result = m.prober.probe(ctx, *t.check)
	} else {
		ctx, cancel := context.WithTimeout(ctx, appTimeout)
		o.apps, o.err = m.opts.Apps(ctx, t.env)
		cancel()
	}
	o.stopped = ctx.Err() != nil
	o.at = m.opts.Now().UTC().Truncate(time.Microsecond)
	return o
}

// Latest is how the services of an environment are, as this server sees them.
func (m *Monitor) Latest(environmentID string) []lockstep.ServiceHealth {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []lockstep.ServiceHealth
	for _, k := range m.of[environmentID] {
		if t, ok := m.tracks[k]; ok && !t.seen.IsZero() {
			out = append(out, t.health)
		}
	}
	return out
}
