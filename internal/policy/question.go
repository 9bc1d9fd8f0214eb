package policy

import (
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Action is what somebody wants to do.
type Action string

// The actions.
const (
	Read           Action = "read"
	Apply          Action = "apply"
	Configure      Action = "configure"       // an environment's own variables and sections
	ConfigureAbove Action = "configure.above" // what all environments of a project or a type have
	Reveal         Action = "reveal"          // the values of an environment's secrets
	ReleaseCreate  Action = "release.create"
	Deploy         Action = "deploy"
	Promote        Action = "promote"  // a deployment of what runs in another environment
	Rollback       Action = "rollback" // by hand, of the environment's latest deployment
	Restore        Action = "restore"  // a rollback to a revision that is named
	Approve        Action = "approve"
	Reject         Action = "reject"
	Cancel         Action = "cancel"
	Pause          Action = "pause"  // a deployment that runs
	Resume         Action = "resume" // a deployment that pauses
	Destroy        Action = "destroy"
	Stop           Action = "stop"
	Start          Action = "start"
	Scale          Action = "scale"
	EnableService  Action = "enable_service"
	DisableService Action = "disable_service"
	MaintenanceOn  Action = "maintenance_on"
	MaintenanceOff Action = "maintenance_off"
	Archive        Action = "archive"
	Unarchive      Action = "unarchive"
	Switch         Action = "switch" // of the project's live address
	Reschedule     Action = "reschedule"
	Schedule       Action = "schedule" // what a schedule of an environment does, and whether it does
	Sync           Action = "sync"     // another environment's configuration into this one's
	RotateKeys     Action = "keys.rotate"
	RevokeSecret   Action = "secret.revoke"
	Retire         Action = "retire" // the end of a warm side; asked by its timer
)

// Question is an action with the facts that it is judged by. Each action
// reads the fields that its rules name.
type Question struct {
	Action Action
	Actor  string    // the token's name; "": nobody we know
	Now    time.Time // the clock that rules go by

	Environment *lockstep.Environment // nil: does not exist
	Destroying  string                // the operation that destroys the environment, where there is one

	Ahead lockstep.OperationKind // the last deploy, stop or start that runs or waits for its turn; "": none

	Strategy lockstep.Strategy
	Recipe   *lockstep.Recipe          // that a claimed deployment follows
	Target   *lockstep.RevisionContent // what would run
	Built    Built

	Service string                 // enable_service, disable_service
	Offers  []lockstep.ServiceSpec // the same: the services that run there; nil at the claim

	Operation  *lockstep.Operation  // approve, reject, cancel, resume, reschedule
	Deployment *lockstep.Deployment // rollback: the one to take back; approve, reject: the one that waits
	Latest     *lockstep.Deployment // the environment's newest completed one
	TargetID   string               // rollback, restore: the revision to return to; "": there is none
	Undoing    string               // the deployment that already takes Deployment back, where there is one

	Upstream   *Upstream            // promote; nil at the claim
	Proofs     []Proof              // deploy, promote: how the release has done in the prerequisites of Environment
	Quarantine *lockstep.Quarantine // of what would run there, where it was rolled back
	Gone       []GoneSecret         // that what would run needs, and that cannot be had any more
	Force      bool                 // deploy, promote: although something speaks against it, comes with a Reason; enable_service, disable_service
	Reason     string               // a person's

	Live   *LiveAddress // switch; approve: of one
	Adrift *Adrift      // where nobody knows whether Environment has its project's live address

	Claimed  bool   // asked by the worker that is about to act, not by whoever requests
	Approver string // who approved what would run, under this strategy
}

// Built is what this server can carry out.
type Built struct {
	Strategies []lockstep.Strategy
	Runtimes   []lockstep.RuntimeKind
}

// subject names what is asked for, as a noun: "deploy of 2.1.0 to production".
func (q Question) subject() string {
	s := string(q.Action)
	switch q.Action {
	case ReleaseCreate:
		return "a new release"
	case Rollback, Restore:
		s = string(Rollback)
		if q.Environment != nil {
			s += " of " + q.Environment.Name
		}
		if q.Target != nil {
			s += " to " + q.Target.Release
		}
		return s
	case Approve, Reject, Cancel, Pause, Resume, Reschedule:
		if q.Operation != nil {
			s += " of " + describe(*q.Operation, q.Deployment)
		}
		return s
	case Deploy:
		if q.Target != nil {
			s += " of " + q.Target.Release
		}
		if q.Environment != nil {
			s += " to " + q.Environment.Name
		}
		return s
	case Promote:
		s = "promotion"
		if q.Target != nil {
			s += " of " + q.Target.Release
		}
		if q.Upstream != nil {
			s += " from " + q.Upstream.Environment.Name
		}
		if q.Environment != nil {
			s += " to " + q.Environment.Name
		}
		return s
	case Switch:
		if q.Live != nil {
			s += " of " + q.Live.Project.Name
		}
		if q.Environment != nil {
			s += " to " + q.Environment.Name
		}
		return s
	case EnableService, DisableService:
		s = strings.TrimSuffix(s, "_service") + " " + q.Service
	case Sync:
		if q.Environment != nil {
			s += " to " + q.Environment.Name
		}
		return s
	case MaintenanceOn, MaintenanceOff:
		s = strings.ReplaceAll(s, "_", " ")
	case Configure, ConfigureAbove:
		s = "change of the configuration"
	case Reveal:
		s = "reading the secrets"
	case Schedule:
		s = "a schedule"
	case RotateKeys:
		return "a rotation of the secret keys"
	case RevokeSecret:
		return "the revocation of a secret's value"
	case Destroy, Stop, Start, Scale, Archive, Unarchive, Retire, Read, Apply:
	}
	if q.Environment != nil {
		s += " of " + q.Environment.Name
	}
	return s
}

// describe names an operation for people: a deployment by what it brings where.
func describe(o lockstep.Operation, d *lockstep.Deployment) string {
	if o.Switch != nil {
		return "switch " + o.ID + " (to " + o.Switch.To + ")"
	}
	if d == nil {
		return string(o.Kind) + " " + o.ID
	}
	return "deployment " + d.ID + " (" + d.Version + " to " + d.Environment + ")"
}
