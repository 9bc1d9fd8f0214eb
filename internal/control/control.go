package control

import (
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/strategy"
	"github.com/lockstep-dev/lockstep/internal/template"
)

// Options of a Control. Store is required; a zero field means its default.
type Options struct {
	Store    Store
	Now      func() time.Time // default time.Now
	NewID    func() string    // default UUIDv7
	Wake     func()           // called after a commit that may have given the engine work
	Host     string           // the machine whose environments this server runs
	Observer Observer         // what runs; without one every host is unreachable
	Meter    Meter            // what happens; without one only what is stored is known
	Blobs    Blobs            // artifacts; without it uploads are unsupported
	Vault    Vault            // seals secrets; without it they are unsupported
	Keys     Keys             // of the vault
	Built    policy.Built     // default: what package strategy plans, on the process runtime
	Logger   *slog.Logger
	Renderer template.Runner // renders templates; without it they are unsupported
	// Administrators are known by their tokens' hashes, whatever the database
	// says, by name.
	Administrators map[string]lockstep.TokenHash
	// Watched is how the dependencies of an environment are, as this server
	// sees them, which is newer than what is stored. None: nobody looks here.
	Watched func(environmentID string) []lockstep.ServiceHealth
}

// Control is the use cases. Its methods may be called concurrently.
type Control struct {
	store    Store
	clock    func() time.Time
	newID    func() string
	wake     func()
	host     string
	observer Observer
	meter    Meter
	blobs    Blobs
	vault    Vault
	keys     Keys
	matrices *appliedMatrices
	built    policy.Built
	log      *slog.Logger
	renderer template.Runner
	waits    waits
	flags    flagSets
	configs  *configCache
	watched  func(environmentID string) []lockstep.ServiceHealth
	admins   map[string]lockstep.TokenHash
	uses     *uses
}

// New makes a Control.
func New(opts Options) *Control {
	configs := newConfigCache()
	c := &Control{
		store: hearing{opts.Store, configs}, configs: configs, clock: opts.Now, newID: opts.NewID, wake: opts.Wake, host: opts.Host,
		observer: opts.Observer, meter: opts.Meter, blobs: opts.Blobs, built: opts.Built, log: opts.Logger,
		vault: opts.Vault, keys: opts.Keys, renderer: opts.Renderer, matrices: &appliedMatrices{}, watched: opts.Watched,
		admins: opts.Administrators, uses: newUses(),
	}
	if c.renderer == nil {
		c.renderer = noRenderer{}
	}
	if c.watched == nil {
		c.watched = func(string) []lockstep.ServiceHealth { return nil }
	}
	if c.clock == nil {
		c.clock = time.Now
	}
	if c.newID == nil {
		c.newID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	if c.wake == nil {
		c.wake = func() {}
	}
	if c.observer == nil {
		c.observer = noObserver{}
	}
	if c.meter == nil {
		c.meter = noMeter{}
	}
	if c.vault == nil {
		c.vault = noVault{}
	}
	if c.keys == nil {
		c.keys = noVault{}
	}
	if c.blobs == nil {
		c.blobs = noBlobs{}
	}
	if c.built.Strategies == nil {
		c.built.Strategies = strategy.Built()
	}
	if c.built.Runtimes == nil {
		c.built.Runtimes = []lockstep.RuntimeKind{lockstep.RuntimeProcess}
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c
}

// now is the time as it is stored: UTC, in microseconds.
func (c *Control) now() time.Time { return c.clock().UTC().Truncate(time.Microsecond) }
