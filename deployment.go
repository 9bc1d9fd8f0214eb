package lockstep

import "time"

// Strategy is a way to bring a revision in.
type Strategy string

// The strategies (A).
const (
	StrategyBlueGreen Strategy = "blue_green"
	StrategyRolling   Strategy = "rolling"
	StrategyCanary    Strategy = "canary"
	StrategyRecreate  Strategy = "recreate"
	StrategyCustom    Strategy = "custom"
)

// Strategies lists A's strategies.
func Strategies() []Strategy {
	return []Strategy{StrategyBlueGreen, StrategyRolling, StrategyCanary, StrategyRecreate, StrategyCustom}
}

// DeploymentRequest asks for a release in an environment. A's fields, and ours.
type DeploymentRequest struct {
	Version              string   `json:"version"`
	Strategy             Strategy `json:"strategy,omitempty"` // default: the environment's primary
	Recipe               string   `json:"recipe,omitempty"`   // custom: one that the environment names; default: its first
	Description          string   `json:"description,omitempty"`
	RollbackOnFailure    *bool    `json:"rollbackOnFailure,omitempty"`  // default true
	ValidationRequired   *bool    `json:"validationRequired,omitempty"` // default true: at the environment's level
	NotificationChannels []string `json:"notificationChannels,omitempty"`
	WithConfig           string   `json:"withConfig,omitempty"` // "latest", a number, or "": the version that runs
	// Variables of scope deployment: this deployment alone has them, and they
	// win over all others. They are no place for secrets.
	Variables map[string]string `json:"variables,omitempty"`
	Force     bool              `json:"force,omitempty"`  // although its prerequisites are not met; needs a Reason
	Reason    string            `json:"reason,omitempty"` // why it is forced, or why a revision that was rolled back there may run again
	Timing
}

// Deployment is the operation (same ID) that brings a revision into an
// environment. Its status is the operation's.
type Deployment struct {
	ID                   string          `json:"id"`
	ProjectID            string          `json:"projectId"`
	EnvironmentID        string          `json:"environmentId"`
	Environment          string          `json:"environment"` // name at the time of the request
	Version              string          `json:"version"`
	ReleaseID            string          `json:"releaseId"`
	RevisionID           string          `json:"revisionId"`
	RevisionHash         string          `json:"revisionHash"`
	ConfigVersion        int64           `json:"configVersion"`
	PreviousRevisionID   string          `json:"previousRevisionId,omitempty"` // the last other one that was active when it started; where a rollback returns to
	ServedRevisionID     *string         `json:"-"`                            // what requests went to when it started; "": nothing served; nil: not known
	Strategy             Strategy        `json:"strategy"`
	Recipe               *Recipe         `json:"recipe,omitempty"` // custom: as it was when it was asked for; none on the way back
	Status               OperationStatus `json:"status"`
	Validation           ValidationLevel `json:"validation"`
	ValidationRequired   bool            `json:"validationRequired"`
	RollbackOnFailure    bool            `json:"rollbackOnFailure"`
	Description          string          `json:"description,omitempty"`
	NotificationChannels []string        `json:"notificationChannels,omitempty"`
	RollbackOf           string          `json:"rollbackOf,omitempty"` // the deployment that this one takes back
	PromotedFrom         *Promotion      `json:"promotedFrom,omitempty"`
	Forced               bool            `json:"forced,omitempty"` // although its prerequisites were not met
	Reason               string          `json:"reason,omitempty"` // why it goes although something spoke against it
	ApprovedBy           string          `json:"approvedBy,omitempty"`
	Pause                *RequestedPause `json:"pause,omitempty"`      // somebody wants it held
	WaitingFor           *WaitingFor     `json:"waitingFor,omitempty"` // who is in its way
	Steps                []Step          `json:"steps"`
	StartedBy            string          `json:"startedBy"`
	CreatedAt            time.Time       `json:"createdAt"`
	ScheduledFor         *time.Time      `json:"scheduledFor,omitempty"` // it does not start before
	NotAfter             *time.Time      `json:"notAfter,omitempty"`     // where it has not started until then, it is cancelled: it was missed
	StartedAt            *time.Time      `json:"startedAt,omitempty"`
	CompletedAt          *time.Time      `json:"completedAt,omitempty"`
	Duration             *Duration       `json:"duration,omitempty"` // milliseconds
	Error                *OperationError `json:"error,omitempty"`
	Rollback             *RollbackResult `json:"rollback,omitempty"`
}

// RollbackResult says how a deployment was taken back: automatically in its
// own undo phase, or by a later deployment.
type RollbackResult struct {
	Automatic    bool            `json:"automatic"`
	DeploymentID string          `json:"deploymentId,omitempty"` // the later deployment
	RevisionID   string          `json:"revisionId,omitempty"`   // what runs again; empty: nothing did before
	Reason       string          `json:"reason"`
	Status       OperationStatus `json:"status"`
	CompletedAt  *time.Time      `json:"completedAt,omitempty"`
}
