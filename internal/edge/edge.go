package edge

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Options of an Edge. The zero value works.
type Options struct {
	// DialTimeout bounds the dial of one instance; default 2s.
	DialTimeout time.Duration

	// ReadyWait is how long a request waits for an instance where its group
	// has none that is ready; default 1s, below 0 not at all.
	ReadyWait time.Duration

	// RoomLimit is how many requests of an environment may wait at once, held
	// or for an instance; default 10000.
	RoomLimit int

	// TrustedProxies may set X-Forwarded-For, -Proto and -Host; from anyone
	// else they are replaced.
	TrustedProxies []netip.Prefix

	// RelaySecret is known to this edge and to those before and after it only:
	// a request that carries it keeps what another edge said of its client.
	// "" is known to nobody.
	RelaySecret string

	// ClientKey makes hashes of clients' addresses, which are counted, mean
	// nothing to anybody else. "" counts no clients.
	ClientKey string
}

const (
	defaultDialTimeout = 2 * time.Second
	defaultReadyWait   = time.Second
	defaultRoomLimit   = 10000
)

// Backend is a ready instance of a group.
type Backend struct {
	Instance string // ID, unique in its environment
	Address  string // host:port
}

// Edge is the traffic router of one machine; see the package comment. Its
// methods may be called at any time from any goroutine.
type Edge struct {
	opts  Options
	table atomic.Pointer[table]
	lost  lost // requests that belong to no environment

	mu      sync.Mutex // makes changes take turns; requests never take it
	envs    map[string]*environment
	claims  claims
	changes uint64 // orders claims of host names

	departed []departed // since the last harvest

	patience time.Duration // of copies; a test has less
}

// New makes an Edge without routes.
func New(opts Options) *Edge {
	if opts.DialTimeout <= 0 {
		opts.DialTimeout = defaultDialTimeout
	}
	if opts.ReadyWait == 0 {
		opts.ReadyWait = defaultReadyWait
	}
	if opts.RoomLimit <= 0 {
		opts.RoomLimit = defaultRoomLimit
	}
	e := &Edge{opts: opts, envs: map[string]*environment{}, claims: claims{}, patience: mirrorPatience}
	e.table.Store(&table{})
	return e
}

// SetRouting replaces an environment's routing. When it returns, every new
// request follows it.
func (e *Edge) SetRouting(environment string, r lockstep.Routing) {
	e.mu.Lock()
	defer e.mu.Unlock()
	env := e.ensure(environment)
	env.setRouting(r)
	e.claim(env, hostsOf(r))
	e.prune(env)
}

// RemoveRouting forgets an environment and its figures. Its pools stay as
// they are, for GroupHandler, until SetPool empties them.
func (e *Edge) RemoveRouting(environment string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	env, ok := e.envs[environment]
	if !ok {
		return
	}
	e.claim(env, nil)
	e.departAll(env)
	env.removeRouting()
	e.prune(env)
}

// SetPool replaces the ready instances of a group. Requests in flight to an
// instance that left go on; new ones do not reach it.
func (e *Edge) SetPool(environment, group string, backends []Backend) {
	e.mu.Lock()
	defer e.mu.Unlock()
	env := e.ensure(environment)
	env.setPool(group, backends, false, e.opts.DialTimeout)
	e.prune(env)
}

// SetRelay is SetPool for a group that from now on is another edge's: that one
// is told what this one knows of the clients.
func (e *Edge) SetRelay(environment, group string, to Backend) {
	e.mu.Lock()
	defer e.mu.Unlock()
	env := e.ensure(environment)
	env.setPool(group, []Backend{to}, true, e.opts.DialTimeout)
	e.prune(env)
}
