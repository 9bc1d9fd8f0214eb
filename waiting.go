package lockstep

import "time"

// LockWait is noted of an operation that runs and needs one more lock, which
// another one holds.
type LockWait struct {
	Lock  string    `json:"lock"`
	Since time.Time `json:"since"`
}

// WaitingFor is why an operation does not go on although nobody has to decide
// about it: another one has to end first.
type WaitingFor struct {
	Lock              string          `json:"lock"`
	Live              bool            `json:"live,omitempty"` // it is the lock of the project's live address; else that of an environment
	Since             time.Time       `json:"since"`
	Holder            string          `json:"holder"` // the other operation's ID; of a deployment also its own
	HolderKind        OperationKind   `json:"holderKind"`
	HolderStatus      OperationStatus `json:"holderStatus"`
	HolderURL         string          `json:"holderUrl"` // where the API tells of it
	HolderEnvironment string          `json:"holderEnvironment"`
	HolderVersion     string          `json:"holderVersion,omitempty"` // that it brings, where it is a deployment
	HolderStep        string          `json:"holderStep,omitempty"`    // at which it is
	HolderWaitsFor    HolderWait      `json:"holderWaitsFor,omitempty"`
	HolderPausedBy    string          `json:"holderPausedBy,omitempty"` // holderWaitsFor is paused
}

// HolderWait is what somebody who is waited for waits for.
type HolderWait string

// What it may be. "" is nothing: it works, or is about to.
const (
	HolderWaitsApproval HolderWait = "approval" // at HolderStep
	HolderWaitsPause    HolderWait = "pause"    // the recipe's, at HolderStep
	HolderWaitsPaused   HolderWait = "paused"   // somebody asked for it; before HolderStep
	HolderWaitsLock     HolderWait = "lock"     // a third one has it
)

// HolderWaits lists them.
func HolderWaits() []HolderWait {
	return []HolderWait{HolderWaitsApproval, HolderWaitsPause, HolderWaitsPaused, HolderWaitsLock}
}

// HeldLock is a lock, who holds it, and since when.
type HeldLock struct {
	Lock      string
	Operation string
	Since     time.Time
}
