package engine

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Store is the journal that the engine writes. Each method is one
// transaction; every one that takes a lease fails with lockstep.CodeFenced
// where the fence is no longer the operation's or the lease was taken over.
// The store's conformance suite (storetest) holds its rules.
type Store interface {
	// Claim takes the next operation that may run on this host: pending with
	// its time come and all of its locks free (by priority, then age), or running under an
	// expired lease. It raises the fence, takes locks and lease for ttl, and
	// returns nil where there is nothing to do. A pending operation stays
	// pending until its plan is recorded.
	Claim(ctx context.Context, worker, host string, ttl time.Duration) (*lockstep.Claimed, error)

	// Heartbeat prolongs the lease by ttl from now. A ttl of 0 gives it up:
	// the operation can be claimed at once.
	Heartbeat(ctx context.Context, lease lockstep.Lease, ttl time.Duration) (lockstep.Signals, error)

	// TakeLive takes the lock of the project's live address for an operation
	// that runs. It is not taken where somebody else has it, which is noted of
	// the operation, and where the project has a current environment: its users
	// are somewhere. It fails with lockstep.ErrPaused where yields is set and
	// somebody wants the operation held. The project is as it was then, and
	// stays so as far as the live address goes while the lock is held.
	TakeLive(ctx context.Context, lease lockstep.Lease, yields bool) (project lockstep.Project, taken bool, err error)

	// Record writes to the journal.
	Record(ctx context.Context, lease lockstep.Lease, record lockstep.Record) error

	// Revision reads a revision by ID.
	Revision(ctx context.Context, id string) (lockstep.Revision, error)

	// Due turns warm sides whose time is over into pending retire operations,
	// cancels what was scheduled and has not started in time, and says when
	// the next of both is due (zero: none).
	Due(ctx context.Context) (next time.Time, err error)
}
