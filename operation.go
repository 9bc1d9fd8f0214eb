package lockstep

import "time"

// OperationKind says what an operation does.
type OperationKind string

// The kinds.
const (
	OperationDeploy         OperationKind = "deploy"          // brings a revision into an environment; also a rollback by hand
	OperationRetire         OperationKind = "retire"          // stops a warm side whose time is over
	OperationDestroy        OperationKind = "destroy"         // stops everything and deletes the environment
	OperationStop           OperationKind = "stop"            // leads no requests to the environment and stops everything
	OperationStart          OperationKind = "start"           // brings what was stopped up again
	OperationScale          OperationKind = "scale"           // changes how many instances services have
	OperationMaintenanceOn  OperationKind = "maintenance_on"  // the edge answers for what goes on running
	OperationMaintenanceOff OperationKind = "maintenance_off" // requests are led back
	OperationEnableService  OperationKind = "enable_service"  // starts a service that was disabled
	OperationDisableService OperationKind = "disable_service" // stops a service, which stays so until it is enabled
	OperationSwitch         OperationKind = "switch"          // leads the project's live address to the environment
	OperationSync           OperationKind = "sync"            // brings another environment's configuration into the environment's
)

// OperationKinds lists the kinds.
func OperationKinds() []OperationKind {
	return []OperationKind{
		OperationDeploy, OperationRetire, OperationDestroy, OperationStop, OperationStart, OperationScale,
		OperationMaintenanceOn, OperationMaintenanceOff, OperationEnableService, OperationDisableService, OperationSwitch, OperationSync,
	}
}

// TogglesService says that operations of the kind enable or disable one.
func (k OperationKind) TogglesService() bool {
	return k == OperationEnableService || k == OperationDisableService
}

// OperationStatus is the state of an operation; see OperationTransitions.
type OperationStatus string

// The states (A's deployment statuses).
const (
	StatusPending         OperationStatus = "pending"
	StatusPendingApproval OperationStatus = "pending_approval"
	StatusRunning         OperationStatus = "running"
	StatusCompleted       OperationStatus = "completed"
	StatusFailed          OperationStatus = "failed"
	StatusCancelled       OperationStatus = "cancelled"
	StatusRolledBack      OperationStatus = "rolled_back"
)

// Done says that the operation will not act again.
func (s OperationStatus) Done() bool {
	return s == StatusCompleted || s == StatusFailed || s == StatusCancelled || s == StatusRolledBack
}

// Phase is a part of an operation's life with a plan of its own.
type Phase string

// The phases.
const (
	PhaseForward Phase = "forward"
	PhaseUndo    Phase = "undo" // automatic rollback, or the undoing of a cancelled operation
)

// Operation is anything that takes time: a plan of steps that one worker at
// a time carries out under a lease, and that another resumes when it dies.
type Operation struct {
	ID              string          `json:"id"`
	Kind            OperationKind   `json:"kind"`
	ProjectID       string          `json:"projectId"`
	EnvironmentID   string          `json:"environmentId"`
	Status          OperationStatus `json:"status"`
	Phase           Phase           `json:"phase"`
	UndoCause       UndoCause       `json:"undoCause,omitempty"`   // why the undo phase began
	RevisionID      string          `json:"revisionId,omitempty"`  // what the operation is about
	Replicas        map[string]int  `json:"replicas,omitempty"`    // by service: of scale what is wanted, of switch what is to be ready
	Service         string          `json:"service,omitempty"`     // enable_service, disable_service
	Maintenance     *Maintenance    `json:"maintenance,omitempty"` // maintenance_on
	Switch          *Switch         `json:"switch,omitempty"`      // switch
	Sync            *Sync           `json:"sync,omitempty"`        // sync
	Priority        int             `json:"priority"`              // higher first; then by age
	Locks           []string        `json:"locks"`                 // taken in sorted order
	Fence           int64           `json:"fence,omitempty"`       // grows with each claim
	Worker          string          `json:"worker,omitempty"`
	LeaseUntil      *time.Time      `json:"leaseUntil,omitempty"`
	CancelRequested bool            `json:"cancelRequested,omitempty"`
	Decision        *Decision       `json:"decision,omitempty"`   // a person's last one about a step that waited for it
	Pause           *RequestedPause `json:"pause,omitempty"`      // somebody wants it held
	Waits           *LockWait       `json:"-"`                    // it runs and has not got a lock that it needs
	WaitingFor      *WaitingFor     `json:"waitingFor,omitempty"` // who is in its way
	Steps           []Step          `json:"steps"`                // of all phases, in order; empty until the plan is frozen
	Error           *OperationError `json:"error,omitempty"`
	CreatedAt       time.Time       `json:"createdAt"`
	ScheduledFor    *time.Time      `json:"scheduledFor,omitempty"` // it does not start before
	NotAfter        *time.Time      `json:"notAfter,omitempty"`     // where it has not started until then, it is cancelled: it was missed
	CreatedBy       string          `json:"createdBy"`
	StartedAt       *time.Time      `json:"startedAt,omitempty"`
	CompletedAt     *time.Time      `json:"completedAt,omitempty"`
}

// UndoCause says why an operation undoes what it did.
type UndoCause string

// The causes and where each ends: failure in rolled_back, cancel in cancelled.
const (
	UndoFailure UndoCause = "failure"
	UndoCancel  UndoCause = "cancel"
)

// OperationError is A's DeploymentError: what failed, for people.
type OperationError struct {
	Code      Code      `json:"code"`
	Message   string    `json:"message"`
	Step      string    `json:"step,omitempty"`
	Timestamp time.Time `json:"timestamp"`
}

// EnvironmentLock is the lock that every operation on an environment takes.
func EnvironmentLock(environmentID string) string { return "env:" + environmentID }

// LiveLock is the lock of what moves a project's live address. A switch takes
// it with those of its environments, all at once. A deployment that may become
// the project's first current one takes it when it comes to the step that
// leads users to it, so that two of them cannot both believe they are; it has
// its environment's by then, and whoever has this one takes no other, so that
// nobody waits in a circle.
func LiveLock(projectID string) string { return "project:" + projectID + ":live" }
