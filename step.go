package lockstep

import (
	"encoding/json"
	"fmt"
	"time"
)

// StepKind says what a step does. Strategies are made of these and nothing else.
type StepKind string

// The kinds. docs/adr/0002 says what each asks of the runtime and the router.
const (
	StepPrepare      StepKind = "prepare"       // artifacts in place, internal addresses reserved, for all of Revision's groups
	StepStart        StepKind = "start"         // Replicas instances of Group run; does not wait for health
	StepAwaitHealthy StepKind = "await_healthy" // until Replicas instances of Group are ready, at most Timeout
	StepVerify       StepKind = "verify"        // the checks of Level, watched for Timeout; of Revision's instances directly where Direct, through the router otherwise; of what runs so far where Partial
	StepShiftTraffic StepKind = "shift_traffic" // the environment's new requests follow Splits; a hold ends
	StepMaintenance  StepKind = "maintenance"   // the router answers requests with Maintenance; where that is nil they follow their splits again
	StepOffer        StepKind = "offer"         // the router answers requests to Disabled services; the others' are led as before
	StepHold         StepKind = "hold"          // the router holds new requests, at most Timeout each
	StepDrain        StepKind = "drain"         // until no request to Groups is in flight, at most Timeout
	StepStop         StepKind = "stop"          // instances of Groups are drained, stopped and gone
	StepAnalyze      StepKind = "analyze"       // Revision against Baseline by the router's figures, for Timeout at least; fails where Revision is worse, or the evidence does not suffice within Analysis.Deadline
	StepHook         StepKind = "hook"          // Hook ran, in the files of Service of Revision; each try at most Timeout
	StepPause        StepKind = "pause"         // Timeout passes, or a person ends it
	StepApprove      StepKind = "approve"       // a person approves; fails where one rejects, or none does within Timeout (0: it has time)
	StepKeepWarm     StepKind = "keep_warm"     // Revision stays up for Timeout; a stored timer retires it
	StepValidateLive StepKind = "validate_live" // all services of Revision are ready, and the router can lead the live address; Live
	StepMoveLive     StepKind = "move_live"     // the live address leads to Live.To, under Live.Epoch; of a drill, the drill's
	StepProbeLive    StepKind = "probe_live"    // requests to that address are answered by Revision of Live.To
	StepSettleLive   StepKind = "settle_live"   // Live.From does not ask for that address any more
	StepSetCurrent   StepKind = "set_current"   // Live.To is its project's current environment when the operation has completed
	StepSyncConfig   StepKind = "sync_config"   // the operation's Sync is carried out in one transaction, or nothing of it
	StepRemove       StepKind = "remove"        // routes, files and records of the environment are gone
)

// StepStatus is the state of a step; see StepTransitions.
type StepStatus string

// The states.
const (
	StepPending   StepStatus = "pending"
	StepRunning   StepStatus = "running"
	StepCompleted StepStatus = "completed"
	StepFailed    StepStatus = "failed"
	StepSkipped   StepStatus = "skipped"
)

// Step is one entry of a plan and of the journal. What it does is frozen with
// the plan; Status and what follows it are written as it runs.
type Step struct {
	Seq         int             `json:"seq"` // from 1, over all phases
	Phase       Phase           `json:"phase"`
	Name        string          `json:"name"` // A's names: prepare-green-environment, deployment-validation
	Kind        StepKind        `json:"kind"`
	Do          StepAction      `json:"do"`
	Status      StepStatus      `json:"status"`
	Attempts    int             `json:"attempts"`
	StartedAt   *time.Time      `json:"startedAt,omitempty"`
	CompletedAt *time.Time      `json:"completedAt,omitempty"`
	Duration    Duration        `json:"duration"` // milliseconds
	Output      string          `json:"output,omitempty"`
	Warning     bool            `json:"warning,omitempty"` // completed although what it was for failed: a hook that is not required
	Results     Results         `json:"results,omitempty"` // of a hook, for later ones; no secrets
	Ledger      Ledger          `json:"ledger,omitempty"`  // of remove: what was made for the environment, and what became of it
	State       json.RawMessage `json:"-"`                 // what a step that is resumed has to know of its beginning
	Error       *OperationError `json:"error,omitempty"`
}

// StepAction holds the operands of a step; each kind's comment says which it reads.
type StepAction struct {
	Revision    string          `json:"revision,omitempty"`
	Service     string          `json:"service,omitempty"`
	Group       string          `json:"group,omitempty"`
	Groups      []string        `json:"groups,omitempty"`
	Replicas    int             `json:"replicas,omitempty"`
	Splits      []Split         `json:"splits,omitempty"`
	Level       ValidationLevel `json:"level,omitempty"`
	Direct      bool            `json:"direct,omitempty"`
	Baseline    string          `json:"baseline,omitempty"`
	Analysis    *Analysis       `json:"analysis,omitempty"`
	Sample      SampleKind      `json:"sample,omitempty"` // analyze: only this kind of requests; a sample that is too small is none of the revision's faults then
	Hook        *Hook           `json:"hook,omitempty"`
	Partial     bool            `json:"partial,omitempty"` // verify: one instance of each service is enough, more are on their way
	Timeout     Duration        `json:"timeout,omitempty"`
	Maintenance *Maintenance    `json:"maintenance,omitempty"`
	Disabled    []string        `json:"disabled,omitempty"` // offer: all that are
	Live        *LiveMove       `json:"live,omitempty"`
	Optional    bool            `json:"optional,omitempty"` // the phase goes on where it fails
	Message     string          `json:"message,omitempty"`  // approve: what to look at
	Always      bool            `json:"always,omitempty"`   // also where an earlier step of the phase failed; the phase has failed all the same
}

// LiveMove is where a project's live address goes, and from where.
type LiveMove struct {
	FromID string `json:"fromId,omitempty"` // "": from nowhere
	From   string `json:"from,omitempty"`   // name
	ToID   string `json:"toId,omitempty"`
	To     string `json:"to,omitempty"`
	Epoch  int64  `json:"epoch,omitempty"` // of To's claim
	Drill  bool   `json:"drill,omitempty"` // the drill's address instead
}

// Key is the step's idempotency key: every effect carries it, and looks for
// its own earlier effect before it acts. Shape: <operation>/<seq>-<name>.
func (s Step) Key(operation string) string {
	return fmt.Sprintf("%s/%d-%s", operation, s.Seq, s.Name)
}

// Waits says that a step of this kind only waits and looks, so that a cancel
// may interrupt it. The others finish first.
func (k StepKind) Waits() bool {
	switch k {
	case StepAwaitHealthy, StepVerify, StepDrain, StepAnalyze, StepProbeLive, StepPause, StepApprove:
		return true
	default:
		return false
	}
}

// Plan is what a strategy returns: the steps of one phase, none run.
type Plan struct {
	Steps []Step `json:"steps"`
}
