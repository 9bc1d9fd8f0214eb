package engine

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Lease is the right to act on an operation, until it expires or a newer
// claim raises the fence.
type Lease struct {
	Operation     string
	EnvironmentID string
	Fence         int64
	Worker        string
}

// Claimed is an operation under a lease, with all that planning and acting need.
type Claimed struct {
	Lease       Lease
	Operation   lockstep.Operation   // with its steps, where it was planned before
	Deployment  *lockstep.Deployment // of kind deploy
	Environment lockstep.Environment
	Project     lockstep.Project
}

// Record is one entry of the journal: everything that becomes true at once.
// Zero fields change nothing.
type Record struct {
	// Plan freezes steps for a phase, numbered on from those there are. With
	// phase forward the operation turns running, and a deployment's
	// environment deploying; with undo, Cause is stored.
	Plan  *lockstep.Plan
	Phase lockstep.Phase
	Cause lockstep.UndoCause

	Step *lockstep.Step // the new state of one step, by Seq

	Failure *lockstep.OperationError // why the undo began or the operation failed; the first one stays

	// Outcome ends the operation; see Outcome.
	Outcome *Outcome

	Events []lockstep.Event // Seq, At and the three IDs are filled by the store
}

// Outcome is the end of an operation: its status, what is now true of its
// environment, and the end of its locks and lease, in one transaction.
//
//   - a deployment that completes makes its revision the active one, sets
//     metadata.version and lastDeployment, and, where its environment is of
//     type production and the project has no current environment, makes it
//     current; its rollbackOf turns rolled_back;
//   - destroy that completes deletes the environment (its deployments stay).
type Outcome struct {
	Status            lockstep.OperationStatus
	EnvironmentStatus lockstep.EnvironmentStatus
	Rollback          *lockstep.RollbackResult
	WarmID            *string       // nil: unchanged; "" none
	WarmFor           time.Duration // with a WarmID: when the stored timer retires it
}

// Signals is what others asked of a running operation.
type Signals struct {
	Cancel bool
}

// Store is the journal that the engine writes. Each method is one
// transaction; every one that takes a Lease fails with lockstep.CodeFenced
// where the fence is no longer the operation's or the lease was taken over.
// The store's conformance suite (storetest) holds its rules.
type Store interface {
	// Claim takes the next operation that may run on this host: pending with
	// all of its locks free (by priority, then age), or running under an
	// expired lease. It raises the fence, takes locks and lease for ttl, and
	// returns nil where there is nothing to do. A pending operation stays
	// pending until its plan is recorded.
	Claim(ctx context.Context, worker, host string, ttl time.Duration) (*Claimed, error)

	// Heartbeat prolongs the lease by ttl from now.
	Heartbeat(ctx context.Context, lease Lease, ttl time.Duration) (Signals, error)

	// Record writes to the journal.
	Record(ctx context.Context, lease Lease, record Record) error

	// Revision reads a revision by ID.
	Revision(ctx context.Context, id string) (lockstep.Revision, error)

	// Due turns warm sides whose time is over into pending retire operations
	// and says when the next one is due (zero: none).
	Due(ctx context.Context) (next time.Time, err error)
}
