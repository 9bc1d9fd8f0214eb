package control

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// storyteller makes sentences of events, with what is known of what they are
// about. What was deleted since has the name that the event says.
type storyteller struct {
	operations  map[string]lockstep.Operation
	deployments map[string]lockstep.Deployment
	names       map[string]string // of environments, by ID
}

func (s storyteller) entry(e lockstep.Event, now time.Time) lockstep.HistoryEntry {
	h := lockstep.HistoryEntry{
		Seq: e.Seq, At: e.At, Type: e.Type, Actor: e.Actor, EnvironmentID: e.EnvironmentID, OperationID: e.OperationID, Data: e.Data,
		Environment: cmp.Or(s.names[e.EnvironmentID], said(e, "environment"), said(e, "name")),
	}
	if e.EnvironmentID == "" {
		h.Environment = ""
	}
	o, of := s.operations[e.OperationID]
	if d, ok := s.deployments[e.OperationID]; ok {
		h.Version, h.Strategy, h.Environment = d.Version, d.Strategy, cmp.Or(s.names[e.EnvironmentID], d.Environment)
	}
	if of {
		h.OperationKind, h.Kind = o.Kind, toldAs(o.Kind)
		h.Actor = cmp.Or(h.Actor, o.CreatedBy)
	}
	switch e.Type {
	case lockstep.EventOperationRequested:
		s.asked(&h, o, now)
	case lockstep.EventOperationFinished:
		s.ended(&h, o)
	case lockstep.EventOperationApproved, lockstep.EventOperationCancelAsked, lockstep.EventOperationRescheduled, lockstep.EventStepDecided,
		lockstep.EventOperationPauseAsked, lockstep.EventOperationPaused, lockstep.EventOperationResumed, lockstep.EventOperationWaiting:
		s.onOperation(&h, e, o)
	default:
		s.other(&h, e)
	}
	if h.Kind == "" {
		h.Kind = lockstep.HistoryEnvironment
	}
	return h
}

// toldAs is what operations of a kind are about.
func toldAs(k lockstep.OperationKind) lockstep.HistoryKind {
	switch k { //nolint:exhaustive // the others are about their environment
	case lockstep.OperationDeploy:
		return lockstep.HistoryDeployment
	case lockstep.OperationSwitch:
		return lockstep.HistorySwitch
	case lockstep.OperationSync:
		return lockstep.HistoryConfiguration
	}
	return lockstep.HistoryEnvironment
}

// asked is an operation that has not ended.
func (s storyteller) asked(h *lockstep.HistoryEntry, o lockstep.Operation, now time.Time) {
	h.Text, h.Result = capital(s.noun(o)), lockstep.ResultWaiting
	switch {
	case o.Status == lockstep.StatusRunning:
		h.Text, h.Result = h.Text+" is under way", lockstep.ResultRunning
	case o.Status == lockstep.StatusPendingApproval:
		h.Text += " waits for an approval"
	case o.Later(now):
		h.Text += " waits for its time, " + o.ScheduledFor.UTC().Format("2006-01-02 15:04 UTC")
	default:
		h.Text += " waits for its turn"
	}
}

// results are what ends of operations come to.
var results = map[lockstep.OperationStatus]lockstep.HistoryResult{
	lockstep.StatusCompleted: lockstep.ResultSuccess, lockstep.StatusFailed: lockstep.ResultFailed,
	lockstep.StatusCancelled: lockstep.ResultCancelled, lockstep.StatusRolledBack: lockstep.ResultRolledBack,
}

func (s storyteller) ended(h *lockstep.HistoryEntry, o lockstep.Operation) {
	status := o.Status
	if text := said(lockstep.Event{Data: h.Data}, "status"); text != "" {
		status = lockstep.OperationStatus(text) // a deployment that was rolled back by hand later had completed
	}
	h.Result = results[status]
	if o.Error != nil {
		h.Reason, _, _ = strings.Cut(o.Error.Message, "\n")
	}
	if o.StartedAt != nil && o.CompletedAt != nil {
		took := lockstep.Duration(o.CompletedAt.Sub(*o.StartedAt))
		h.Duration = &took
	}
	switch status {
	case lockstep.StatusCompleted:
		h.Text = s.deed(o)
	case lockstep.StatusRolledBack:
		h.Text = capital(s.noun(o)) + " was rolled back"
	case lockstep.StatusCancelled:
		h.Text = capital(s.noun(o)) + " was cancelled"
	default:
		h.Text = capital(s.noun(o)) + " failed"
	}
}

func (s storyteller) onOperation(h *lockstep.HistoryEntry, e lockstep.Event, o lockstep.Operation) {
	noun := s.noun(o)
	h.Reason = said(e, "comment")
	switch e.Type {
	case lockstep.EventOperationApproved:
		h.Text = "Approved the " + noun
	case lockstep.EventOperationCancelAsked:
		h.Text = "Asked to cancel the " + noun
	case lockstep.EventOperationPauseAsked:
		h.Text, h.Reason = "Asked to pause the "+noun, said(e, "reason")
	case lockstep.EventOperationPaused:
		h.Text = capital(noun) + " is paused before " + said(e, "step")
	case lockstep.EventOperationResumed:
		h.Text = "Resumed the " + noun
	case lockstep.EventOperationWaiting:
		h.Text = capital(noun) + " waits for another one"
		if strings.HasSuffix(said(e, "lock"), ":live") {
			h.Text = capital(noun) + " waits for the live address, which another one moves"
		}
	case lockstep.EventOperationRescheduled:
		h.Text = "Moved the " + noun + " to " + said(e, "to")
	default:
		h.Text = capital(said(e, "verdict")) + " the " + noun + " at " + said(e, "step")
	}
}

// noun names an operation: "deployment of 2.1.4 to production".
func (s storyteller) noun(o lockstep.Operation) string {
	where := cmp.Or(s.names[o.EnvironmentID], "an environment that is gone")
	switch o.Kind {
	case lockstep.OperationDeploy:
		d := s.deployments[o.ID]
		if d.RollbackOf != "" {
			return "rollback of " + cmp.Or(s.names[o.EnvironmentID], d.Environment) + " to " + d.Version
		}
		return "deployment of " + d.Version + " to " + cmp.Or(s.names[o.EnvironmentID], d.Environment)
	case lockstep.OperationSwitch:
		word := "switch"
		if o.Switch != nil && o.Switch.Drill {
			word = "drill of a switch"
		}
		if o.Switch != nil {
			where = o.Switch.To
		}
		return word + " to " + where
	case lockstep.OperationSync:
		return "sync of the configuration to " + where
	case lockstep.OperationDestroy:
		return "destruction of " + where
	case lockstep.OperationScale:
		return "scaling of " + where
	case lockstep.OperationMaintenanceOn:
		return "begin of the maintenance of " + where
	case lockstep.OperationMaintenanceOff:
		return "end of the maintenance of " + where
	case lockstep.OperationEnableService:
		return "start of " + o.Service + " in " + where
	case lockstep.OperationDisableService:
		return "stop of " + o.Service + " in " + where
	case lockstep.OperationStop, lockstep.OperationStart, lockstep.OperationRetire:
	}
	return string(o.Kind) + " of " + where
}

// deed is an operation that completed: "Deployed 2.1.4 to production".
func (s storyteller) deed(o lockstep.Operation) string {
	where := cmp.Or(s.names[o.EnvironmentID], "an environment that is gone")
	switch o.Kind {
	case lockstep.OperationDeploy:
		d := s.deployments[o.ID]
		where = cmp.Or(s.names[o.EnvironmentID], d.Environment)
		switch {
		case d.RollbackOf != "":
			return "Rolled " + where + " back to " + d.Version
		case d.PromotedFrom != nil:
			return "Promoted " + d.Version + " from " + d.PromotedFrom.Environment + " to " + where
		}
		return "Deployed " + d.Version + " to " + where
	case lockstep.OperationSwitch:
		if o.Switch == nil {
			break
		}
		if o.Switch.Drill {
			return "Rehearsed a switch to " + o.Switch.To
		}
		if o.Switch.From != "" {
			return "Switched the live address from " + o.Switch.From + " to " + o.Switch.To
		}
		return "Switched the live address to " + o.Switch.To
	case lockstep.OperationSync:
		if o.Sync != nil {
			return "Synced the configuration of " + o.Sync.Source + " to " + o.Sync.Target
		}
		return "Synced the configuration of " + where
	case lockstep.OperationDestroy:
		return "Destroyed " + where
	case lockstep.OperationStop:
		return "Stopped " + where
	case lockstep.OperationStart:
		return "Started " + where
	case lockstep.OperationScale:
		return "Scaled " + where + counted(o.Replicas)
	case lockstep.OperationMaintenanceOn:
		return "Began the maintenance of " + where
	case lockstep.OperationMaintenanceOff:
		return "Ended the maintenance of " + where
	case lockstep.OperationEnableService:
		return "Switched " + o.Service + " on in " + where
	case lockstep.OperationDisableService:
		return "Switched " + o.Service + " off in " + where
	case lockstep.OperationRetire:
	}
	return "Completed the " + s.noun(o)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// said is what an event's data say under a name, as a text.
func said(e lockstep.Event, name string) string {
	switch v := e.Data[name].(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}
