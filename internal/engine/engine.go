package engine

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// Options of an Engine. Store, Runtime and Worker are required.
type Options struct {
	Store Store

	// Runtime is what runs an environment's instances and leads its requests.
	// An error with a code refuses the operation; another one is tried again.
	Runtime func(lockstep.Environment) (runtime.Runtime, traffic.Router, error)

	// Gate is asked once more when an operation is about to be planned. An
	// error with a code refuses it; another one is tried again. Nil allows all.
	Gate func(context.Context, lockstep.Claimed) error

	// Secrets opens the values that instances and hooks need. An error with a
	// code fails the step; another one is tried again. Nil: there are none.
	Secrets func(context.Context, []lockstep.SecretRef) (map[lockstep.SecretRef]lockstep.Sensitive, error)

	// Sync carries a sync out. Nil: this engine cannot.
	Sync SyncConfig

	Worker string // names this engine in the journal; unique among all that live
	Host   string // ID of this machine: environments that belong to another one are left to it

	TTL         time.Duration // of a lease; default 6s. A dead worker's operation waits as long
	Poll        time.Duration // between looks for work that nobody announced; default 500ms
	Concurrency int           // operations at once; default 16
	Grace       time.Duration // for an effect that runs when Run is asked to end; default 5s

	// Ended and StepEnded, where set, are told of each operation and each step
	// whose end this engine has journaled. They must not block.
	Ended     func(kind lockstep.OperationKind, outcome lockstep.OperationStatus, took time.Duration)
	StepEnded func(lockstep.Step)

	Logger *slog.Logger
	Now    func() time.Time // default time.Now

	// Failpoint is nil in production. A test gets told of each point at which
	// a crash may do harm, by name: after:claim, before:commit:<what>,
	// after:commit:<what>, before:effect:<call>, after:effect:<call>. It may
	// kill the process, or not return.
	Failpoint func(name string)
}

// Engine carries out operations. Make one with New.
type Engine struct {
	Options
	wake  chan struct{} // there may be an operation to claim
	timer chan struct{} // a warm side's time was stored

	mu   sync.Mutex
	runs map[*run]struct{}
}

// New makes an Engine that does nothing until Run.
func New(o Options) *Engine {
	orDefault(&o.TTL, 6*time.Second)
	orDefault(&o.Poll, 500*time.Millisecond)
	orDefault(&o.Concurrency, 16)
	orDefault(&o.Grace, 5*time.Second)
	if o.Gate == nil {
		o.Gate = func(context.Context, lockstep.Claimed) error { return nil }
	}
	if o.Secrets == nil {
		o.Secrets = noSecrets
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Ended == nil {
		o.Ended = func(lockstep.OperationKind, lockstep.OperationStatus, time.Duration) {}
	}
	if o.StepEnded == nil {
		o.StepEnded = func(lockstep.Step) {}
	}
	if o.Failpoint == nil {
		o.Failpoint = func(string) {}
	}
	o.Logger = o.Logger.With("worker", o.Worker)
	return &Engine{Options: o, wake: make(chan struct{}, 1), timer: make(chan struct{}, 1), runs: map[*run]struct{}{}}
}

func orDefault[T comparable](v *T, fallback T) {
	var zero T
	if *v == zero {
		*v = fallback
	}
}

// Wake says that there may be news: an operation to claim, or a cancel.
// Without it they are found within Poll and a third of TTL. It never blocks.
func (e *Engine) Wake() {
	e.look()
	e.mu.Lock()
	defer e.mu.Unlock()
	for r := range e.runs {
		poke(r.poke)
	}
}

// free says that locks may be: to who waits for one between two steps, too.
func (e *Engine) free() {
	e.look()
	e.mu.Lock()
	defer e.mu.Unlock()
	for r := range e.runs {
		poke(r.freed)
	}
}

func (e *Engine) look() { poke(e.wake) }

// poke leaves word for whoever reads a channel of one next.
func poke(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run claims and carries out operations until ctx ends, and returns when
// none is carried out here any more: within Grace, with every operation that
// did not end left for another worker to continue.
func (e *Engine) Run(ctx context.Context) error {
	var working sync.WaitGroup
	working.Go(func() { e.retireWarmSides(ctx) })
	slots := make(chan struct{}, e.Concurrency)
	// The news that a look which failed was for come once: it is soon repeated.
	looking, idle := e.setback(e.Logger, "look for operations", 0), backoff{idle: e.Poll, most: longestBackoff, first: firstRetry}
	for {
		select {
		case <-ctx.Done():
			working.Wait()
			return nil
		case slots <- struct{}{}:
		}
		asked := e.Now()
		claimed, err := e.claim(ctx)
		looking.note(err)
		if claimed == nil {
			<-slots
			idle.wait(ctx, e.wake, err)
			continue
		}
		working.Go(func() {
			e.carryOut(ctx, *claimed, asked)
			<-slots
			e.free()
		})
	}
}

// claim outlives ctx, briefly: a claim that was committed and not heard of
// would wait for its lease to expire.
func (e *Engine) claim(ctx context.Context) (*lockstep.Claimed, error) {
	if ctx.Err() != nil {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.TTL)
	defer cancel()
	claimed, err := e.Store.Claim(ctx, e.Worker, e.Host, e.TTL)
	if claimed != nil {
		e.Failpoint("after:claim")
	}
	return claimed, err
}

// longestBackoff is how long a loop waits at most whose calls fail.
const longestBackoff = 3 * time.Second

// waitFor waits for news, at most d.
func waitFor(ctx context.Context, news <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-news:
	case <-timer.C:
	}
}
