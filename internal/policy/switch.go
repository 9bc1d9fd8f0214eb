package policy

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// LiveAddress is what a switch of a project's live address is judged by, beside
// the environment that it would lead to. lockstep current asks with it, too, so
// that what it says of readiness is what a switch would be answered.
type LiveAddress struct {
	Project   lockstep.Project
	From      *lockstep.Environment // current; nil: none
	Switching *lockstep.Operation   // another switch of the project that waits or runs
	Want      *lockstep.Switch      // at the claim, or of what waits for an approval: what was asked for
	Drill     bool                  // nobody is to be moved
	Seen      bool                  // its host was looked at; Unseen and Unready say what was seen
	Unseen    string                // why nothing could be seen
	Unready   []string              // what is missing of the services
}

// unmoved: a switch is carried out from where it was asked for, or not at all.
func unmoved(q Question) *Reason {
	if q.Live == nil || q.Live.Want == nil {
		return nil
	}
	if p := q.Live.Project; p.CurrentEpoch != q.Live.Want.Epoch {
		return reason(ReasonMoved, "it was asked for from epoch %d, and %s", q.Live.Want.Epoch, Holder(p, q.Live.From))
	}
	return nil
}

// unreplaced: who approves a switch has looked at what runs in the target.
func unreplaced(q Question) *Reason {
	if q.Live == nil || q.Live.Want == nil || q.Environment == nil {
		return nil
	}
	want := q.Live.Want
	if want.ApprovedBy == "" && q.Action != Approve || want.RevisionID == q.Environment.ActiveID {
		return nil
	}
	return reason(ReasonMoved, "it was asked for to lead to %s (revision %s), and another revision runs in %s by now: switch again",
		want.Version, lockstep.ShortHash(want.RevisionHash), q.Environment.Name)
}

// undiminished: nor has who approves a switch said that users may lose what
// was switched off in the target since.
func undiminished(q Question) *Reason {
	if q.Live == nil || q.Live.Want == nil || q.Environment == nil || q.Target == nil {
		return nil
	}
	want := q.Live.Want
	if want.ApprovedBy == "" && q.Action != Approve || want.RevisionID != q.Environment.ActiveID {
		return nil
	}
	off := slices.DeleteFunc(q.Target.Off(*q.Environment), func(service string) bool { return slices.Contains(want.Disabled, service) })
	if len(off) == 0 {
		return nil
	}
	return reason(ReasonMoved, "since it was asked for %s was disabled in %s: enable that again, or switch again", strings.Join(off, ", "), q.Environment.Name)
}

// switchApproval makes a switch wait where the matrix of its target asks for
// it. A drill moves nobody, and an address that is adrift is fetched back to
// what was approved before, with users who may be without service.
func switchApproval(q Question) *Reason {
	if q.Environment == nil || q.Live == nil || q.Live.Drill || !q.Environment.Spec.SwitchApproval {
		return nil
	}
	switch env := q.Environment; {
	case q.Approver != "":
		return reason(ReasonApproved, "approved by %s", q.Approver)
	case q.Live.Project.AdriftID != "" && q.Live.Project.CurrentID == env.ID:
		return reason(ReasonEmergency, "%s requires approvals of switches; the way back to it goes without, and is recorded", env.Name)
	case q.Claimed:
		return reason(ReasonApprovalMissing, "%s has come to require an approval of switches since this was requested: switch again", env.Name)
	default:
		return reason(ReasonApprovalRequired, "the matrix requires an approval of switches to %s", env.Name)
	}
}

// Holder says who has a project's live address, since when and by whom.
func Holder(p lockstep.Project, current *lockstep.Environment) string {
	var b strings.Builder
	name := "no environment"
	if current != nil {
		name = current.Name
	}
	b.WriteString(name + " is current")
	if p.CurrentSince != nil {
		b.WriteString(" since " + p.CurrentSince.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	if p.CurrentBy != "" {
		b.WriteString(" by " + p.CurrentBy)
	}
	return b.String() + " (epoch " + strconv.FormatInt(p.CurrentEpoch, 10) + " now)"
}

func oneSwitch(q Question) *Reason {
	if q.Live == nil || q.Live.Switching == nil || q.Claimed {
		return nil
	}
	o, what := q.Live.Switching, "switch"
	if q.Operation != nil && q.Operation.ID == o.ID {
		return nil
	}
	if o.Switch.Drill {
		what = "drill of a switch"
	}
	return reason(ReasonSwitching, "a %s to %s, asked for by %s at %s, is under way (operation %s; epoch %d now): wait for its end, or cancel it",
		what, o.Switch.To, o.CreatedBy, o.CreatedAt.UTC().Format("2006-01-02 15:04:05 MST"), o.ID, q.Live.Project.CurrentEpoch)
}

// notCurrent lets the address be fetched back where it may have gone astray.
func notCurrent(q Question) *Reason {
	if q.Environment == nil || q.Live == nil || q.Live.Project.AdriftID != "" || q.Live.Project.CurrentID != q.Environment.ID {
		return nil
	}
	return reason(ReasonAlreadyRuns, "%s", Holder(q.Live.Project, q.Environment))
}

// takesOver: only what serves, and goes on doing so, takes over from another.
func takesOver(q Question) *Reason {
	if q.Environment == nil {
		return nil
	}
	name, env := q.Environment.Name, q.Environment
	switch before := ahead(q); {
	case env.Status == lockstep.EnvironmentMaintenance || env.Status == lockstep.EnvironmentArchived:
		return nil // serving says so
	case env.ActiveID == "":
		return reason(ReasonNothingDeployed, "no deployment to %s has completed yet: deploy a release", name)
	case before == lockstep.OperationDeploy:
		return reason(ReasonState, "a deployment to %s runs or waits: wait for its end, or cancel it", name)
	case before == lockstep.OperationStop:
		return reason(ReasonStopped, "%s is being stopped", name)
	case before == lockstep.OperationStart:
		return reason(ReasonStopped, "%s is being started: wait for its end", name)
	case env.StoppedAt != nil:
		return reason(ReasonStopped, "%s is stopped: start it first", name)
	case env.Status != lockstep.EnvironmentActive:
		return reason(ReasonState, "%s is %s: it has to be active", name, env.Status)
	}
	return nil
}

// samePlace: one router has the address, and it can lead it only to what it
// routes itself.
func samePlace(q Question) *Reason {
	if q.Environment == nil || q.Live == nil || q.Live.From == nil {
		return nil
	}
	from, to := q.Live.From, q.Environment
	switch {
	case from.Spec.Runtime != to.Spec.Runtime:
		return reason(ReasonOtherPlace, "%s runs on %s and %s on %s: the live address cannot move between runtimes", from.Name, from.Spec.Runtime, to.Name, to.Spec.Runtime)
	case from.HostID != to.HostID:
		return reason(ReasonOtherPlace, "%s runs on another host (%s) than %s (%s): the live address cannot move between hosts", to.Name, to.HostID, from.Name, from.HostID)
	}
	return nil
}

func ready(q Question) *Reason {
	switch {
	case q.Environment == nil || q.Live == nil || !q.Live.Seen || q.Environment.ServingID() == "":
		return nil
	case q.Live.Unseen != "":
		return reason(ReasonNotReady, "whether %s is ready cannot be seen: %s", q.Environment.Name, q.Live.Unseen)
	case len(q.Live.Unready) > 0:
		return reason(ReasonNotReady, "%s is not ready: %s", q.Environment.Name, strings.Join(q.Live.Unready, "; "))
	}
	return nil
}
