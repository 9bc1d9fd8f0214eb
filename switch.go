package lockstep

import "time"

// Switch is what an operation of kind switch is about: the project's live
// address leads from one environment to another.
type Switch struct {
	FromID string `json:"fromEnvironmentId"` // "": no environment is current
	From   string `json:"from,omitempty"`    // name
	ToID   string `json:"toEnvironmentId"`
	To     string `json:"to"`
	Epoch  int64  `json:"epoch"`           // of the current environment when it was asked for: at any other the switch is refused
	Drill  bool   `json:"drill,omitempty"` // rehearse everything, move nobody
	Reason string `json:"reason,omitempty"`

	// What ran in the target when it was asked for. An approval is of that,
	// at that epoch.
	RevisionID   string   `json:"revisionId,omitempty"`
	RevisionHash string   `json:"revisionHash,omitempty"`
	Version      string   `json:"version,omitempty"`
	Disabled     []string `json:"disabled,omitempty"` // services that were switched off then
	ApprovedBy   string   `json:"approvedBy,omitempty"`
}

// EnvironmentSwitchOptions are how a switch is asked for. SwitchedBy is
// answered, not read: it is the name of the token. IfCurrent and Epoch, where
// they are given, must be what holds when the switch is asked for.
type EnvironmentSwitchOptions struct {
	TargetEnvironmentID string `json:"targetEnvironmentId"` // ID or name
	SwitchedBy          string `json:"switchedBy,omitempty"`
	IfCurrent           string `json:"ifCurrent,omitempty"` // ID or name of the environment that is to be current
	Epoch               *int64 `json:"epoch,omitempty"`
	Drill               bool   `json:"drill,omitempty"`
	Reason              string `json:"reason,omitempty"`
}

// SwitchStatus is how a switch stands: A's, and those of an operation that has
// not begun or was called off.
type SwitchStatus string

// The states. A switch that is cancelled, or fails, once traffic has moved
// brings it back.
const (
	SwitchPending         SwitchStatus = "pending"
	SwitchPendingApproval SwitchStatus = "pending_approval"
	SwitchRunning         SwitchStatus = "running"
	SwitchCompleted       SwitchStatus = "completed"
	SwitchFailed          SwitchStatus = "failed"
	SwitchRolledBack      SwitchStatus = "rolled_back"
	SwitchCancelled       SwitchStatus = "cancelled"
)

// SwitchStatuses lists the states.
func SwitchStatuses() []SwitchStatus {
	return []SwitchStatus{SwitchPending, SwitchPendingApproval, SwitchRunning, SwitchCompleted, SwitchFailed, SwitchRolledBack, SwitchCancelled}
}

// SwitchStep is one step of a switch. The switch goes on where one fails that
// is not required.
type SwitchStep struct {
	Name        string     `json:"name"`
	Required    bool       `json:"required"`
	Success     bool       `json:"success"`
	Status      StepStatus `json:"status"`
	StartedAt   *time.Time `json:"startedAt,omitempty"`
	CompletedAt *time.Time `json:"completedAt,omitempty"`
	Duration    Duration   `json:"duration"` // milliseconds
	Output      string     `json:"output,omitempty"`
	Error       string     `json:"error,omitempty"`
}

// SwitchResult is a switch as A shows it.
type SwitchResult struct {
	ID                string          `json:"id"` // of the operation
	FromEnvironmentID string          `json:"fromEnvironmentId"`
	ToEnvironmentID   string          `json:"toEnvironmentId"`
	From              string          `json:"from,omitempty"`
	To                string          `json:"to"`
	Status            SwitchStatus    `json:"status"`
	Steps             []SwitchStep    `json:"steps"`
	StartedAt         time.Time       `json:"startedAt"` // before it begins: when it was asked for
	CompletedAt       *time.Time      `json:"completedAt,omitempty"`
	Duration          Duration        `json:"duration"` // milliseconds from the request to the end
	StartedBy         string          `json:"startedBy"`
	Error             string          `json:"error,omitempty"`
	Rollback          *SwitchRollback `json:"rollback,omitempty"`
	Drill             bool            `json:"drill,omitempty"`
	Reason            string          `json:"reason,omitempty"`
	Epoch             int64           `json:"epoch"`             // that the switch was made from
	Version           string          `json:"version,omitempty"` // that ran in the target when it was asked for
	ApprovedBy        string          `json:"approvedBy,omitempty"`
}

// SwitchRollback says how traffic was brought back, and what stood in the way
// of that: a switch that failed and could not be taken back has both reasons.
type SwitchRollback struct {
	Success bool         `json:"success"`
	Steps   []SwitchStep `json:"steps"`
	Error   string       `json:"error,omitempty"`
}

// SwitchResult is the operation as A shows it; zero for any other kind.
func (o Operation) SwitchResult() SwitchResult {
	if o.Switch == nil {
		return SwitchResult{}
	}
	r := SwitchResult{
		ID: o.ID, FromEnvironmentID: o.Switch.FromID, ToEnvironmentID: o.Switch.ToID, From: o.Switch.From, To: o.Switch.To,
		Status: SwitchStatus(o.Status), Steps: []SwitchStep{}, StartedAt: o.CreatedAt, CompletedAt: o.CompletedAt, StartedBy: o.CreatedBy,
		Drill: o.Switch.Drill, Reason: o.Switch.Reason, Epoch: o.Switch.Epoch,
		Version: o.Switch.Version, ApprovedBy: o.Switch.ApprovedBy,
	}
	if o.StartedAt != nil {
		r.StartedAt = *o.StartedAt
	}
	if o.CompletedAt != nil {
		r.Duration = Duration(o.CompletedAt.Sub(o.CreatedAt))
	}
	if o.Error != nil {
		r.Error = o.Error.Message
	}
	for _, s := range o.Steps {
		if s.Phase == PhaseUndo {
			r.takenBack(s)
			continue
		}
		r.Steps = append(r.Steps, switchStep(s))
	}
	return r
}

func (r *SwitchResult) takenBack(s Step) {
	if r.Rollback == nil {
		r.Rollback = &SwitchRollback{Success: true, Steps: []SwitchStep{}}
	}
	step := switchStep(s)
	r.Rollback.Steps = append(r.Rollback.Steps, step)
	r.Rollback.Success = r.Rollback.Success && step.Success
	if r.Rollback.Error == "" {
		r.Rollback.Error = step.Error
	}
}

func switchStep(s Step) SwitchStep {
	out := SwitchStep{
		Name: s.Name, Required: !s.Do.Optional, Success: s.Status == StepCompleted, Status: s.Status,
		StartedAt: s.StartedAt, CompletedAt: s.CompletedAt, Duration: s.Duration, Output: s.Output,
	}
	if s.Do.Hook != nil {
		out.Required, out.Success = s.Do.Hook.Required, out.Success && !s.Warning
	}
	if s.Error != nil {
		out.Error = s.Error.Message
	}
	return out
}
