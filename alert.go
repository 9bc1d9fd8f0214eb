package lockstep

import "time"

// AlertRule is one of the alerts of an environment. When and Clear are
// expressions over its health; docs/operating.md says what they can name.
type AlertRule struct {
	Name  string   `json:"name"`
	When  string   `json:"when"`            // what is wrong
	For   Duration `json:"for,omitempty"`   // how long it has to be wrong
	Clear string   `json:"clear,omitempty"` // what ends it; not When where it is empty
}

// AlertState is the state of an alert.
type AlertState string

// The states.
const (
	AlertOK       AlertState = "ok"
	AlertPending  AlertState = "pending"  // wrong, and not for long enough
	AlertFiring   AlertState = "firing"   // wrong until it is clear
	AlertResolved AlertState = "resolved" // it was firing, and is clear
)

// AlertStates lists the states in the order in which they are passed.
func AlertStates() []AlertState {
	return []AlertState{AlertOK, AlertPending, AlertFiring, AlertResolved}
}

// Alert is a rule and how it is.
type Alert struct {
	EnvironmentID  string     `json:"environmentId"`
	Environment    string     `json:"environment"`
	Name           string     `json:"name"`
	When           string     `json:"when"`
	State          AlertState `json:"state"`
	Since          time.Time  `json:"since"` // when it got into its state
	Summary        string     `json:"summary,omitempty"`
	AcknowledgedBy string     `json:"acknowledgedBy,omitempty"` // of the present, or the last, time that it fires
	AcknowledgedAt *time.Time `json:"acknowledgedAt,omitempty"`
	Comment        string     `json:"comment,omitempty"`
}
