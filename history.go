package lockstep

import "time"

// HistoryKind is what an entry of the history is about.
type HistoryKind string

// The kinds.
const (
	HistoryDeployment    HistoryKind = "deployment"    // deployments, promotions and rollbacks
	HistorySwitch        HistoryKind = "switch"        // of the live address
	HistoryEnvironment   HistoryKind = "environment"   // made, changed, scaled, stopped, destroyed
	HistoryConfiguration HistoryKind = "configuration" // the matrix, variables, templates, syncs
	HistorySecret        HistoryKind = "secret"        // values that were shown or revoked, keys
	HistoryRelease       HistoryKind = "release"
	HistorySchedule      HistoryKind = "schedule"
	HistoryHealth        HistoryKind = "health" // and alerts
	HistoryAccess        HistoryKind = "access" // tokens
)

// HistoryKinds lists the kinds.
func HistoryKinds() []HistoryKind {
	return []HistoryKind{
		HistoryDeployment, HistorySwitch, HistoryEnvironment, HistoryConfiguration,
		HistorySecret, HistoryRelease, HistorySchedule, HistoryHealth, HistoryAccess,
	}
}

// HistoryResult is what became of what an entry tells.
type HistoryResult string

// The results. What simply is done has none.
const (
	ResultSuccess    HistoryResult = "success"
	ResultFailed     HistoryResult = "failed"
	ResultRolledBack HistoryResult = "rolled_back"
	ResultCancelled  HistoryResult = "cancelled"
	ResultRunning    HistoryResult = "running"
	ResultWaiting    HistoryResult = "waiting" // for its turn, its time or an approval
	ResultSkipped    HistoryResult = "skipped" // a schedule's time at which nothing was deployed
)

// HistoryResults lists the results.
func HistoryResults() []HistoryResult {
	return []HistoryResult{ResultSuccess, ResultFailed, ResultRolledBack, ResultCancelled, ResultRunning, ResultWaiting, ResultSkipped}
}

// HistoryEntry is an event as people tell it: who did what where, and what
// became of it. Text is the what and the where, in English; Sentence says which
// of all texts it is, and Words what stands in it, for whoever says it in
// another language.
type HistoryEntry struct {
	Seq           int64           `json:"seq"` // of the event
	At            time.Time       `json:"at"`
	Kind          HistoryKind     `json:"kind"`
	Type          EventType       `json:"type"`
	Text          string          `json:"text"` // "Deployed 2.1.4 to production"
	Sentence      HistorySentence `json:"sentence,omitempty"`
	Words         HistoryWords    `json:"words,omitzero"`
	Result        HistoryResult   `json:"result,omitempty"`
	Actor         string          `json:"actor,omitempty"`
	Environment   string          `json:"environment,omitempty"` // name
	EnvironmentID string          `json:"environmentId,omitempty"`
	OperationID   string          `json:"operationId,omitempty"` // a deployment's and a switch's, too
	OperationKind OperationKind   `json:"operationKind,omitempty"`
	Version       string          `json:"version,omitempty"`
	Strategy      Strategy        `json:"strategy,omitempty"`
	Duration      *Duration       `json:"duration,omitempty"` // milliseconds, of what has ended
	Reason        string          `json:"reason,omitempty"`   // why it ended so, or was done
	Data          map[string]any  `json:"data,omitempty"`     // the event's
}

// HistoryFilter says which events a history has.
type HistoryFilter struct {
	ProjectID     string
	EnvironmentID string // "": of all
	Actor         string // who did it, or asked for the operation; "": anybody
	Types         []EventType
	Operations    []OperationKind // of events of operations; nil: any
}
