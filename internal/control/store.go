package control

import (
	"context"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Store is the durable state behind the use cases. Update runs fn in one
// read-write transaction, again where the database asks for it; View in a
// read-only one that sees one moment. Events appended in an Update become
// visible with it, or not at all.
type Store interface {
	Update(ctx context.Context, fn func(Tx) error) error
	View(ctx context.Context, fn func(Tx) error) error

	// Events reads up to limit events after seq, oldest first, blocking up
	// to the ctx's end until there is at least one. seq before the retention
	// is lockstep.CodeGone; seq beyond the newest waits.
	Events(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error)
}

// Tx is the tables in one transaction. What is not found is
// lockstep.CodeNotFound with a message that names it; a unique name that is
// taken is lockstep.CodeConflict. IDs and times are the caller's. In an
// Update, Project and Environment hold the row that they read until the
// transaction ends, so that what was checked is still so at the commit.
type Tx interface {
	Project(name string) (lockstep.Project, error)
	Projects() ([]lockstep.Project, error)
	PutProject(lockstep.Project) error // inserts or updates by ID

	Environment(projectID, idOrName string) (lockstep.Environment, error) // without a project: by ID only
	Environments(projectID string) ([]lockstep.Environment, error)        // by name
	AutomatedEnvironments() ([]lockstep.Environment, error)               // of all projects; those to which something is deployed by itself
	EnvironmentPage(projectID string, page lockstep.Page) ([]lockstep.Environment, string, error)
	PutEnvironment(lockstep.Environment) error // inserts or updates by ID; bumps UpdatedAt to the caller's
	DeleteEnvironment(id string) error

	AddConfigVersion(lockstep.ConfigVersion) error
	ConfigVersion(environmentID string, number int64) (lockstep.ConfigVersion, error)                  // number 0: the newest
	ConfigVersions(environmentID string, page lockstep.Page) ([]lockstep.ConfigVersion, string, error) // the newest first, without documents
	Variables(owner lockstep.VariableOwner) ([]lockstep.Variable, error)                               // its own, without Owner
	NewestConfigVersions(environmentIDs []string) (map[string]lockstep.ConfigVersion, error)           // by environment; those that have one
	VariablesOf(projectID string, level lockstep.VariableLevel, ids []string) (map[string][]lockstep.Variable, error)
	PutVariable(id string, owner lockstep.VariableOwner, v lockstep.Variable) error // inserts, or replaces the one in its slot, which keeps its ID
	DeleteVariable(owner lockstep.VariableOwner, v lockstep.Variable) error         // the one in the same slot

	AddRelease(lockstep.Release) error                                                 // the version is unique in its project
	Release(projectID, version string) (lockstep.Release, error)                       // "latest": the newest
	Releases(projectID string, page lockstep.Page) ([]lockstep.Release, string, error) // newest first
	ReleaseNumbers(projectID string, versions []string) (map[string]int, error)        // how many releases were made up to each of these, itself included

	AddRevision(lockstep.Revision) (lockstep.Revision, error) // returns the stored one where environment and hash exist
	Revision(id string) (lockstep.Revision, error)
	Revisions(ids []string) ([]lockstep.Revision, error) // those that there are, in any order

	AddOperation(lockstep.Operation) error
	Operation(id string) (lockstep.Operation, error)                                                     // with steps
	StepOutputs(operationID string) ([]lockstep.StepOutput, error)                                       // in the order of the steps and tries
	OpenOperations(environmentID string) ([]lockstep.Operation, error)                                   // of all environments where none is named; not done, in the order in which they will run, without steps
	SetOperationStatus(id string, from, to lockstep.OperationStatus, why *lockstep.OperationError) error // conflict where it is not from; also the deployment's
	RequestCancel(id string) error
	OpenSwitch(projectID string) (*lockstep.Operation, error)                            // that waits for its turn or runs, without steps; nil: none
	WaitingSwitches(projectID string) ([]lockstep.Operation, error)                      // for an approval, the oldest first, without steps
	ApproveSwitch(id, by string) error                                                   // conflict where it does not wait for that
	ProjectOperations(projectID string) ([]lockstep.Operation, error)                    // OpenOperations of all of its environments
	Switches(projectID string, page lockstep.Page) ([]lockstep.Operation, string, error) // of the live address, the newest first, with steps
	Sync(id string) (lockstep.SyncResult, error)
	AddSync(lockstep.SyncResult) error                                                                // beside its operation, same ID; its status and end are the operation's
	SyncDone(lockstep.SyncResult) error                                                               // what it changed, its deployment, and that it was undone
	Syncs(projectID, environmentID string, page lockstep.Page) ([]lockstep.SyncResult, string, error) // newest first; of all environments where none is named
	LastSync(environmentID, otherID string) (*lockstep.SyncResult, error)                             // in either direction, completed and not undone; nil: none
	Reschedule(id string, scheduledFor, notAfter *time.Time) error                                    // conflict where somebody has claimed it
	Decide(id string, decision lockstep.Decision) error                                               // the last one; about a step that the caller has seen waiting

	AddDeployment(lockstep.Deployment) error                                                                 // beside its operation, same ID
	Deployment(id string) (lockstep.Deployment, error)                                                       // with steps
	Deployments(filter lockstep.DeploymentFilter, page lockstep.Page) ([]lockstep.Deployment, string, error) // newest first, without steps
	LatestDeployment(environmentID string) (lockstep.Deployment, error)                                      // the newest that completed (and was not rolled back by hand)
	Started(projectID string) (map[string]map[string]int, error)                                             // by environment and service: the instances that its LatestDeployment started
	SetApproval(deploymentID, by string) error
	SetPause(id string, pause *lockstep.RequestedPause) error                   // nil: it goes on
	HeldLocks(projectID string) ([]lockstep.HeldLock, error)                    // by its operations
	Quarantines(projectID, environmentID string) ([]lockstep.Quarantine, error) // the latest first; of all environments where none is named

	Schedule(projectID, idOrName string) (lockstep.Schedule, error)                  // without a project: by ID only
	Schedules(projectID, environmentID string) ([]lockstep.Schedule, error)          // by name; of all environments where none is named
	DueSchedules(now time.Time) (due []lockstep.Schedule, next time.Time, err error) // next: zero where none follows
	PutSchedule(lockstep.Schedule) error                                             // inserts or updates by ID; the name is unique in its project
	DeleteSchedule(id string) error
	AddFiring(lockstep.Firing) error                                                                                        // conflict where there is one of that schedule and instant
	Firings(scheduleID string, limit int) ([]lockstep.Firing, error)                                                        // the latest first
	HealthStates(environmentID string) ([]lockstep.ServiceHealth, error)                                                    // by name; of all environments where none is named
	HealthChanges(environmentID string, limit int) ([]lockstep.HealthChange, error)                                         // the latest first
	Alerts(projectID, environmentID string) ([]lockstep.Alert, error)                                                       // that are, or were, not ok; of the project where no environment is named
	AcknowledgeAlert(environmentID, name, by, comment string, now time.Time) error                                          // conflict where it does not fire
	HealthUptime(environmentID string, resolution time.Duration, since time.Time) (map[string]lockstep.ObservedTime, error) // by service; "": what users' requests go to
	Figures(environmentID string, step time.Duration, from, until time.Time) ([]lockstep.FiguresRow, error)                 // oldest first; step: lockstep.FigureMinute or FigureQuarter

	Secret(place lockstep.SecretPlace) (lockstep.Secret, error)
	Secrets(projectID string) ([]lockstep.Secret, error)                    // by key, level and owner
	SecretVersion(id string, version int64) (lockstep.SecretVersion, error) // version 0: the newest
	SecretsOf(env lockstep.Environment, besides []string) ([]lockstep.Secret, map[string][]lockstep.SecretVersion, error)
	SecretVersions(id string) ([]lockstep.SecretVersion, error)                   // the newest first
	AddSecretVersion(lockstep.SecretVersion) error                                // the next one, the first one with its secret; conflict where somebody else was faster
	RevokeSecretVersion(id string, version int64, by string, now time.Time) error // its ciphertext is gone; again: stays as it was

	TemplateTx
	HistoryTx
	AccessTx

	AppendEvent(lockstep.Event) error                                                          // Seq is filled at commit
	EventRange() (before, newest int64, err error)                                             // before: the smallest seq that Events still resumes after; newest: 0 where nothing happened yet
	EventsAfter(after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error) // as Events, without waiting
	Answer(actor, key string) (lockstep.Answer, error)                                         // given earlier to an Idempotency-Key
	AddAnswer(lockstep.Answer) error                                                           // unique by actor and key; the store may forget it a day after CreatedAt
	Counts() (lockstep.Counts, error)
}
