package policy

import (
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// ReasonCode names a rule's finding; the set is closed.
type ReasonCode string

// The findings. Those that are not in reasonCodes allow.
const (
	ReasonUnknownAction     ReasonCode = "unknown_action"
	ReasonUnknownActor      ReasonCode = "unknown_actor"
	ReasonNoEnvironment     ReasonCode = "no_environment"
	ReasonArchived          ReasonCode = "archived"
	ReasonMaintenance       ReasonCode = "maintenance"
	ReasonBeingDestroyed    ReasonCode = "being_destroyed"
	ReasonStrategyForbidden ReasonCode = "strategy_not_allowed"
	ReasonStrategyNotBuilt  ReasonCode = "strategy_not_built"
	ReasonRuntimeNotBuilt   ReasonCode = "runtime_not_built"
	ReasonNoServices        ReasonCode = "no_services"
	ReasonServiceMissing    ReasonCode = "service_missing"
	ReasonServiceIncomplete ReasonCode = "service_incomplete"
	ReasonNotLatest         ReasonCode = "not_latest"
	ReasonNothingBefore     ReasonCode = "nothing_before"
	ReasonAlreadyRuns       ReasonCode = "already_runs"
	ReasonAlreadyUndone     ReasonCode = "already_being_rolled_back"
	ReasonStopped           ReasonCode = "stopped"
	ReasonNothingDeployed   ReasonCode = "nothing_deployed"
	ReasonNotInMaintenance  ReasonCode = "not_in_maintenance"
	ReasonState             ReasonCode = "state"
	ReasonApprovalMissing   ReasonCode = "approval_missing"
	ReasonNothingUpstream   ReasonCode = "nothing_upstream"
	ReasonStageSkipped      ReasonCode = "stage_skipped"
	ReasonNotProved         ReasonCode = "not_proved"
	ReasonQuarantined       ReasonCode = "quarantined"
	ReasonMoved             ReasonCode = "moved_meanwhile"
	ReasonSwitching         ReasonCode = "being_switched"
	ReasonOtherPlace        ReasonCode = "other_place"
	ReasonNotReady          ReasonCode = "not_ready"
	ReasonAdrift            ReasonCode = "live_address_adrift"
	ReasonMissed            ReasonCode = "missed"
	ReasonPrerequisite      ReasonCode = "prerequisite_not_met"
	ReasonNeeded            ReasonCode = "needed"
	ReasonOnlyRoute         ReasonCode = "only_route"
	ReasonSecretGone        ReasonCode = "secret_gone"
	ReasonApprovalRequired  ReasonCode = "approval_required" // allows: the deployment waits for somebody
	ReasonApproved          ReasonCode = "approved"          // allows
	ReasonEmergency         ReasonCode = "emergency"         // allows: a rollback goes past the approval
	ReasonForced            ReasonCode = "forced"            // allows: a person overrode a refusal of a promotion
	ReasonReadmitted        ReasonCode = "readmitted"        // allows: a person brings back what was rolled back
)

// reasonCodes says with which error each refusal is answered.
var reasonCodes = map[ReasonCode]lockstep.Code{
	ReasonUnknownAction:     lockstep.CodeRefused,
	ReasonUnknownActor:      lockstep.CodeUnauthenticated,
	ReasonNoEnvironment:     lockstep.CodeNotFound,
	ReasonArchived:          lockstep.CodeRefused,
	ReasonMaintenance:       lockstep.CodeRefused,
	ReasonBeingDestroyed:    lockstep.CodeConflict,
	ReasonStrategyForbidden: lockstep.CodeRefused,
	ReasonStrategyNotBuilt:  lockstep.CodeUnsupported,
	ReasonRuntimeNotBuilt:   lockstep.CodeUnsupported,
	ReasonNoServices:        lockstep.CodeRefused,
	ReasonServiceMissing:    lockstep.CodeRefused,
	ReasonServiceIncomplete: lockstep.CodeRefused,
	ReasonNotLatest:         lockstep.CodeConflict,
	ReasonNothingBefore:     lockstep.CodeConflict,
	ReasonAlreadyRuns:       lockstep.CodeConflict,
	ReasonAlreadyUndone:     lockstep.CodeConflict,
	ReasonStopped:           lockstep.CodeConflict,
	ReasonNothingDeployed:   lockstep.CodeConflict,
	ReasonNotInMaintenance:  lockstep.CodeConflict,
	ReasonState:             lockstep.CodeConflict,
	ReasonApprovalMissing:   lockstep.CodeRefused,
	ReasonNothingUpstream:   lockstep.CodeRefused,
	ReasonStageSkipped:      lockstep.CodeRefused,
	ReasonNotProved:         lockstep.CodeRefused,
	ReasonQuarantined:       lockstep.CodeRefused,
	ReasonMoved:             lockstep.CodeConflict,
	ReasonSwitching:         lockstep.CodeConflict,
	ReasonOtherPlace:        lockstep.CodeRefused,
	ReasonNotReady:          lockstep.CodeConflict,
	ReasonAdrift:            lockstep.CodeConflict,
	ReasonMissed:            lockstep.CodeConflict,
	ReasonPrerequisite:      lockstep.CodeRefused,
	ReasonNeeded:            lockstep.CodeConflict,
	ReasonOnlyRoute:         lockstep.CodeConflict,
	ReasonSecretGone:        lockstep.CodeConflict,
}

// Reason is one rule's finding, in words that can stand after "because".
type Reason struct {
	Code    ReasonCode `json:"code"`
	Message string     `json:"message"`
	Until   *time.Time `json:"until,omitempty"` // of a refusal: when it ends by itself
}

// Answer is the gate's. Reasons of a refusal are what stands in the way;
// those of an answer that allows say what was taken into account.
type Answer struct {
	Subject          string     `json:"subject"` // "deploy of 2.1.0 to production"
	Allowed          bool       `json:"allowed"`
	RequiresApproval bool       `json:"requiresApproval"`
	Reasons          []Reason   `json:"reasons"`
	Until            *time.Time `json:"until,omitempty"` // when the answer would change by itself; absent: the passing of time changes nothing
}

// String is the answer as a sentence: "deploy of 2.1.0 to production is
// refused: strategy recreate is not allowed there (allowed: blue_green, canary)".
func (a Answer) String() string {
	verdict := " is allowed"
	switch {
	case !a.Allowed:
		verdict = " is refused"
	case a.RequiresApproval:
		verdict = " waits for an approval"
	}
	if len(a.Reasons) == 0 {
		return a.Subject + verdict
	}
	why := make([]string, len(a.Reasons))
	for i, r := range a.Reasons {
		why[i] = r.Message
	}
	return a.Subject + verdict + ": " + strings.Join(why, "; ")
}

// Err is nil where the answer allows, and otherwise a coded error. The first
// reason says what kind of error it is, but among reasons that come from the
// state of things a rule's refusal outranks a conflict.
func (a Answer) Err() error {
	if a.Allowed {
		return nil
	}
	err := &lockstep.Error{Message: a.String(), Until: a.Until}
	for _, r := range a.Reasons {
		code := reasonCodes[r.Code]
		passing := err.Code == lockstep.CodeConflict || err.Code == lockstep.CodeUnsupported
		if err.Code == "" || passing && code == lockstep.CodeRefused {
			err.Code = code
		}
	}
	if len(a.Reasons) > 1 {
		err.Message = a.Subject + " is refused"
		for _, r := range a.Reasons {
			err.Problems = append(err.Problems, lockstep.Problem{Field: string(r.Code), Message: r.Message})
		}
	}
	return err
}
