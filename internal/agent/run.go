package agent

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

const (
	ownLog       = "agent.log" // what Ensure lets a detached agent write to
	lockFile     = "agent.lock"
	lockPatience = 10 * time.Second // for an agent that is just ending
	quitPatience = 10 * time.Second // for requests in flight when an agent ends without another
)

// Run is an agent from beginning to end: it takes the directory, over from an
// agent of another version where one runs, and serves until ctx ends, a
// shutdown is asked for, or another agent has taken over. Instances go on
// when it returns, unless the shutdown said otherwise.
func Run(ctx context.Context, opts Options) error {
	o, err := opts.withDefaults()
	if err != nil {
		return err
	}
	if err := keepPrivate(o.Dir); err != nil {
		return err
	}
	held, err := take(ctx, o)
	if err != nil {
		return err
	}
	defer held.lock.Close() //nolint:errcheck // which gives the lock up
	for {
		how, err := held.live(ctx, o)
		if how == handedOver {
			held.farewells.Wait()
		}
		if err != nil || how != takenBack {
			return err
		}
		o.Logger.Warn("the agent that was to take over did not: going on")
	}
}

// holding is what belongs to the directory rather than to one life.
type holding struct {
	lock      *os.File
	api       *net.UnixListener
	listeners map[string]net.Listener // of the life or the agent before

	// relieve tells that one that this one serves. It closes done when no
	// request is in flight there.
	relieve func(done chan struct{}) error

	farewells sync.WaitGroup // of earlier lives in this process
}

func nobodyBefore(done chan struct{}) error {
	close(done)
	return nil
}

// live is one life.
func (h *holding) live(ctx context.Context, o Options) (ending, error) {
	predecessor := make(chan struct{})
	a, err := open(o, h.listeners, predecessor) //nolint:contextcheck // what it finds to do outlasts any call
	if err != nil {
		return quit, err
	}
	h.listeners = nil
	a.holding = h
	a.serveAPI(h.api)
	if err := h.relieve(predecessor); err != nil {
		a.log.Error("the agent before does not answer", "error", err)
	}
	background, cancel := context.WithCancel(context.Background())
	defer cancel()
	go a.logs.run(background) //nolint:contextcheck // until the end of this life, which ctx only begins
	go a.book.run(background) //nolint:contextcheck // likewise
	a.log.Info("the agent serves", "version", o.Version, "edge", a.hosts.where(hostEdge), "instances", a.info().Instances)
	if o.Serving != nil {
		o.Serving()
	}

	how := quit
	select {
	case <-ctx.Done():
	case how = <-a.over:
	}
	cancel() // another agent may look after the logs now
	a.book.finish()
	return how, a.close(how) //nolint:contextcheck // ctx may be over: what is left has time limits of its own
}

// close ends a life in the way that was asked for.
func (a *agent) close(how ending) error {
	switch how {
	case takenBack: // letting go was part of handing over
		return errors.Join(a.takeBack(), a.journal.close())
	case handedOver:
		// The other agent holds the lock now; if it dies, the next one must not
		// have to wait for us.
		_ = a.holding.lock.Close()
		a.farewell()
		return a.journal.close()
	case stopAll:
		a.stopEverything()
	case quit:
	}
	a.letGo()
	requests, cancel := context.WithTimeout(context.Background(), quitPatience)
	defer cancel()
	a.hosts.shutdown(requests)
	return a.journal.close()
}

// shutdown answers when everything asked for has stopped.
func (a *agent) shutdown(req wire.ShutdownRequest) error {
	if !req.StopInstances {
		a.finish(quit)
		return nil
	}
	a.stopEverything()
	a.finish(stopAll)
	return nil
}

// stopEverything ends instances and jobs. What shall run stays in the state:
// the next agent starts it again.
func (a *agent) stopEverything() {
	a.mu.Lock()
	a.refusing = true
	var all []*instance
	for _, i := range a.instances {
		all = append(all, i)
	}
	var envs []string
	for key := range a.jobs {
		envs = append(envs, key.environment)
	}
	a.mu.Unlock()
	for _, i := range all {
		i.halt(stopAllDrain)
	}
	for _, env := range envs {
		a.endJobs(env)
	}
	for _, i := range all {
		select {
		case <-i.gone:
		case <-a.detached:
		}
	}
}

const stopAllDrain = 5 * time.Second
