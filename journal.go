package lockstep

import "time"

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
	Operation   Operation   // with its steps, where it was planned before
	Deployment  *Deployment // of kind deploy
	Environment Environment
	Project     Project
}

// Record is one entry of the journal: everything that becomes true at once.
// Zero fields change nothing.
type Record struct {
	// Plan freezes steps for a phase, numbered on from those there are. With
	// phase forward the operation turns running, and the environment of a
	// deployment or a start deploying; with undo, Cause is stored.
	Plan  *Plan
	Phase Phase
	Cause UndoCause

	Step *Step // the new state of one step, by Seq

	// Yields refuses Step with ErrPaused where somebody wants the operation
	// held: it is one that has not begun before.
	Yields bool

	// Hold says that the operation holds. Where nobody wants that any more, or
	// it is noted already, nothing changes.
	Hold *Hold

	Outputs []StepOutput // what Step wrote; of each try the last record counts

	Failure *OperationError // why the undo began or the operation failed; the first one stays

	// Outcome ends the operation; see Outcome.
	Outcome *Outcome

	// Events are the engine's: operation.planned, operation.finished and
	// step.*. Seq, At and the three IDs are filled by the store, which adds
	// those that only it can know: operation.claimed, a retire's
	// operation.requested, environment.* .
	Events []Event
}

// Outcome is the end of an operation: its status, what is now true of its
// environment, and the end of its locks and lease, in one transaction.
//
//   - a deployment that completes makes its revision the active one, sets
//     metadata.version and lastDeployment, and, where its environment is of
//     type production and the project has no current environment, makes it
//     current; its rollbackOf turns rolled_back;
//   - stop that completes says so of its environment, which has no warm side
//     any more; a start, or a deployment, that completes takes that back;
//   - scale that completes records its replicas; a start and a scale that do
//     say what they have brought;
//   - maintenance_on that completes says so of its environment,
//     maintenance_off takes it back;
//   - switch that completes makes its environment the current one;
//   - enable_service and disable_service that complete record that of their
//     service;
//   - destroy that completes deletes the environment (its deployments stay).
type Outcome struct {
	Status            OperationStatus
	EnvironmentStatus EnvironmentStatus // "": unchanged
	Rollback          *RollbackResult
	WarmID            *string       // nil: unchanged; "" none
	WarmFor           time.Duration // with a WarmID: when the stored timer retires it
	Epoch             int64         // the highest that the operation gave a live address: the project's is not lower afterwards
}

// Signals is what others asked of a running operation.
type Signals struct {
	Cancel   bool
	Decision *Decision // the last one
	Paused   bool      // somebody wants it held
}
