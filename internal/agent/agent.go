package agent

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lockstep-dev/lockstep/internal/edge"
	"github.com/lockstep-dev/lockstep/internal/edge/certificate"
)

// agent is one life: from reading the state to letting go of what runs.
type agent struct {
	opts     Options
	log      *slog.Logger
	identity string

	store     *store
	journal   *journal
	artifacts *artifacts
	logs      *logs
	book      *book
	ports     *ports
	table     *table
	cells     *cells
	values    *valueFiles
	edge      *edge.Edge
	hosts     *hosts
	registry  *prometheus.Registry

	certificates *certificate.Keeper // nil without TLS

	detached    chan struct{} // closed when everything lets go of what it watches
	predecessor chan struct{} // closed when the agent before has no request in flight (or there was none)
	over        chan ending   // what ends this life; holds one
	running     sync.WaitGroup

	holding *holding // what this life hands over
	drained func()   // tells the life after that no request is in flight here; set before over says so

	trees     sync.RWMutex // read-held from the look at an artifact until the state says who uses it
	pools     sync.Mutex   // held while a pool is read and set, so that the newest one stays
	mu        sync.Mutex
	instances map[instanceKey]*instance
	endings   map[string]chan struct{} // of groups and instances that leave; closed when they are gone from the state
	locks     map[string]chan struct{}
	jobs      map[jobKey]*jobRun
	closing   bool // detached is closed
	handing   bool // a handover is under way
	refusing  bool // no effect begins any more
}

type instanceKey struct{ environment, instance string }

// ending is how a life ends.
type ending int

const (
	quit       ending = iota // let go; the apps go on
	stopAll                  // end the apps first
	handedOver               // another agent has taken over
	takenBack                // another agent failed to take over: begin a new life
)

// open begins a life: it reads what is known, finds what lives, and serves.
func open(opts Options, inherited map[string]net.Listener, predecessor chan struct{}) (a *agent, err error) {
	seal, err := openSealer(opts.Dir)
	if err != nil {
		return nil, err
	}
	a = &agent{
		opts: opts, log: opts.Logger, identity: seal.identity(),
		ports: newPorts(opts.PortRange), table: newTable(), edge: edge.New(edge.Options{RelaySecret: seal.relaySecret(), ClientKey: seal.clientKey()}),
		hosts: newHosts(opts.Logger, inherited), registry: prometheus.NewRegistry(),
		logs:     &logs{dir: filepath.Join(opts.Dir, "logs"), size: logSize, own: filepath.Join(opts.Dir, ownLog), log: opts.Logger},
		detached: make(chan struct{}), predecessor: predecessor, over: make(chan ending, 1),
		instances: map[instanceKey]*instance{}, endings: map[string]chan struct{}{}, locks: map[string]chan struct{}{}, jobs: map[jobKey]*jobRun{},
	}
	a.book = newBook(a)
	memory, why := opts.Memory, "this machine has none of the file systems in memory that it was told to take"
	if memory == nil {
		memory, why = memoryDirs()
	}
	a.values = openValueFiles(opts.Dir, a.identity, memory, why)
	a.cells = openCells(opts.Dir, a.identity, opts.Logger)
	if a.artifacts, err = newArtifacts(opts.Dir); err != nil {
		return nil, err
	}
	if a.journal, err = openJournal(opts.Dir); err != nil {
		return nil, err
	}
	if a.store, err = openStore(opts.Dir, seal, opts.Logger); err != nil {
		return nil, errors.Join(err, a.journal.close())
	}
	a.register()
	if err := a.recover(); err != nil {
		a.letGo()
		at, cancel := context.WithCancel(context.Background())
		cancel()
		a.hosts.shutdown(at) // what was open already: there is nothing behind it
		return nil, errors.Join(err, a.journal.close())
	}
	return a, nil
}

// letGo ends supervision without touching what runs, and writes the last of
// the state. Requests are served on.
func (a *agent) letGo() {
	a.mu.Lock()
	if !a.closing {
		a.closing = true
		close(a.detached)
	}
	a.mu.Unlock()
	a.running.Wait()
	if a.certificates != nil {
		a.certificates.Close()
	}
	a.store.close()
}

// finish asks for the end of this life; the first to ask decides how.
func (a *agent) finish(how ending) {
	select {
	case a.over <- how:
	default:
	}
}

// lock keeps effects on one thing in order. It gives up when ctx ends.
func (a *agent) lock(ctx context.Context, name string) (unlock func(), err error) {
	a.mu.Lock()
	if a.closing || a.refusing {
		a.mu.Unlock()
		return nil, errClosing
	}
	l, ok := a.locks[name]
	if !ok {
		l = make(chan struct{}, 1)
		a.locks[name] = l
	}
	a.mu.Unlock()
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-a.detached:
		return nil, errClosing
	}
}

// watchOver supervises an instance in the background.
func (a *agent) watchOver(i *instance, p *process, declared bool) {
	a.running.Go(func() { i.run(p, declared) })
}

// forget drops an instance that is gone.
func (a *agent) forget(i *instance) {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := instanceKey{i.env, i.id}
	if a.instances[key] == i {
		delete(a.instances, key)
	}
}

// of lists the instances of an environment, or of one of its groups, by ID.
func (a *agent) of(env, group string) []*instance {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []*instance
	for key, i := range a.instances {
		if key.environment == env && (group == "" || i.group.ID == group) {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(x, y *instance) int { return strings.Compare(x.id, y.id) })
	return out
}

// publish tells the edge which instances of a group are ready.
func (a *agent) publish(env, group string) {
	a.pools.Lock()
	defer a.pools.Unlock()
	var ready []edge.Backend
	for _, i := range a.of(env, group) {
		if address, ok := i.isReady(); ok {
			ready = append(ready, edge.Backend{Instance: i.id, Address: address})
		}
	}
	a.edge.SetPool(env, group, ready)
}

// dependencies are the ports behind the addresses of what a group calls.
func (a *agent) dependencies(env string, g *group) map[string]int {
	known := a.store.view().environment(env).Groups
	out := map[string]int{}
	for service, id := range g.DependsOn {
		if dep, ok := known[id]; ok {
			out[service] = dep.Port
		}
	}
	return out
}

// scratch is the working directory of an instance that has no artifact.
func (a *agent) scratch(env, instance string) string {
	return filepath.Join(a.opts.Dir, "scratch", env, instance)
}

// wanted says whether a group or a job that runs needs an artifact.
func (a *agent) wanted(digest string) bool {
	for _, e := range a.store.view().Environments {
		for _, g := range e.Groups {
			if g.Spec.Artifact == digest {
				return true
			}
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, run := range a.jobs {
		if run.artifact == digest && !run.isOver() {
			return true
		}
	}
	return false
}

func (a *agent) tidy() {
	if err := a.artifacts.tidy(a.wanted); err != nil {
		a.log.Error("cannot tidy artifacts", "error", err)
	}
}

func removeAll(log *slog.Logger, path string) {
	if err := os.RemoveAll(path); err != nil {
		log.Error("cannot remove", "path", path, "error", err)
	}
}
