package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lockstep-dev/lockstep"
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
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("agent directory: %w", err)
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
	a.log.Info("the agent serves", "version", o.Version, "edge", a.hosts.where(hostEdge), "instances", a.info().Instances)

	how := quit
	select {
	case <-ctx.Done():
	case how = <-a.over:
	}
	cancel()                 // another agent may look after the logs now
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

// take gets the directory's lock: at once, from an agent of another version
// by handover, or when one that is ending has ended.
func take(ctx context.Context, o Options) (*holding, error) {
	deadline := time.Now().Add(lockPatience)
	for {
		lock, err := lockDir(o.Dir)
		if err == nil {
			api, err := listenAPI(o.Dir)
			if err != nil {
				return nil, errors.Join(err, lock.Close())
			}
			return &holding{lock: lock, api: api, relieve: nobodyBefore}, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock the agent's directory %s: %w", o.Dir, err)
		}
		held, err := takeOver(ctx, o)
		if held != nil || lockstep.CodeOf(err) == lockstep.CodeConflict {
			return held, err
		}
		if time.Now().After(deadline) {
			return nil, lockstep.Errorf(lockstep.CodeUnavailable, "another agent holds %s and does not hand over (%w): end it, or wait for its end", o.Dir, err)
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// takeOver asks the agent that runs. One of this version keeps what it has.
func takeOver(ctx context.Context, o Options) (*holding, error) {
	client := wire.NewClient(o.Dir)
	defer client.Close()
	asking, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	info, err := client.Info(asking)
	if err != nil {
		return nil, err
	}
	if info.Version == o.Version {
		return nil, lockstep.Errorf(lockstep.CodeConflict, "an agent of this version (%s, pid %d) runs in %s already: use that one, or end it first", info.Version, info.PID, o.Dir)
	}
	o.Logger.Info("taking over", "from", info.Version, "pid", info.PID)
	return receive(ctx, o.Dir)
}

func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// listenAPI makes the socket. Whoever holds the lock may take an old one away.
func listenAPI(dir string) (*net.UnixListener, error) {
	path, err := wire.SocketPath(dir)
	if err != nil {
		return nil, err
	}
	if filepath.Dir(path) != dir {
		if err := privateDir(filepath.Dir(path)); err != nil {
			return nil, err
		}
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("agent socket: %w", err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("agent socket: %w", err)
	}
	l.SetUnlinkOnClose(false) // it may be another agent's by then
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("agent socket: %w", err), l.Close())
	}
	return l, nil
}

// privateDir makes a directory whose path anyone can guess, and makes sure
// that nobody else has made it before.
func privateDir(dir string) error {
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Mkdir(d, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("agent socket: %w", err)
		}
		info, err := os.Lstat(d)
		if err != nil {
			return fmt.Errorf("agent socket: %w", err)
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !info.IsDir() || info.Mode().Perm() != 0o700 || !ok || int(st.Uid) != os.Geteuid() {
			return lockstep.Errorf(lockstep.CodeForbidden, "%s is not a private directory of this user: remove it", d)
		}
	}
	return nil
}
