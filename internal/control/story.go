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
	h.Text = english(h.Sentence, h.Words)
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
	h.Words, h.Result = s.about(o), lockstep.ResultWaiting
	switch {
	case o.Status == lockstep.StatusRunning:
		h.Sentence, h.Result = lockstep.SaysUnderWay, lockstep.ResultRunning
	case o.Status == lockstep.StatusPendingApproval:
		h.Sentence = lockstep.SaysWaitsForApproval
	case o.Later(now):
		h.Sentence, h.Words.At = lockstep.SaysWaitsForTime, o.ScheduledFor
	default:
		h.Sentence = lockstep.SaysWaitsForTurn
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
	h.Words = s.about(o)
	switch status {
	case lockstep.StatusCompleted:
		s.done(h, o)
	case lockstep.StatusRolledBack:
		h.Sentence = lockstep.SaysRolledBack
	case lockstep.StatusCancelled:
		h.Sentence = lockstep.SaysCancelled
	default:
		h.Sentence = lockstep.SaysFailed
	}
}

func (s storyteller) onOperation(h *lockstep.HistoryEntry, e lockstep.Event, o lockstep.Operation) {
	h.Words, h.Reason = s.about(o), said(e, "comment")
	switch e.Type {
	case lockstep.EventOperationApproved:
		h.Sentence = lockstep.SaysApproved
	case lockstep.EventOperationCancelAsked:
		h.Sentence = lockstep.SaysCancelAsked
	case lockstep.EventOperationPauseAsked:
		h.Sentence, h.Reason = lockstep.SaysPauseAsked, said(e, "reason")
	case lockstep.EventOperationPaused:
		h.Sentence, h.Words.Step = lockstep.SaysPaused, said(e, "step")
	case lockstep.EventOperationResumed:
		h.Sentence = lockstep.SaysResumed
	case lockstep.EventOperationWaiting:
		h.Sentence = lockstep.SaysWaitsForAnother
		if strings.HasSuffix(said(e, "lock"), ":live") {
			h.Sentence = lockstep.SaysWaitsForLive
		}
	case lockstep.EventOperationRescheduled:
		h.Sentence, h.Words.To = lockstep.SaysMoved, said(e, "to")
	default:
		h.Sentence, h.Words.Word, h.Words.Step = lockstep.SaysDecided, said(e, "verdict"), said(e, "step")
	}
}

// acts are what operations are called where that is the same for all of a kind.
var acts = map[lockstep.OperationKind]lockstep.HistoryAct{
	lockstep.OperationDeploy: lockstep.ActDeployment, lockstep.OperationSwitch: lockstep.ActSwitch, lockstep.OperationSync: lockstep.ActSync,
	lockstep.OperationDestroy: lockstep.ActDestruction, lockstep.OperationScale: lockstep.ActScaling,
	lockstep.OperationMaintenanceOn: lockstep.ActMaintenanceOn, lockstep.OperationMaintenanceOff: lockstep.ActMaintenanceOff,
	lockstep.OperationEnableService: lockstep.ActServiceOn, lockstep.OperationDisableService: lockstep.ActServiceOff,
	lockstep.OperationStop: lockstep.ActStop, lockstep.OperationStart: lockstep.ActStart, lockstep.OperationRetire: lockstep.ActRetire,
}

// about are the words that name an operation.
func (s storyteller) about(o lockstep.Operation) lockstep.HistoryWords {
	w := lockstep.HistoryWords{Act: acts[o.Kind], Environment: s.names[o.EnvironmentID], Service: o.Service}
	switch {
	case o.Kind == lockstep.OperationDeploy:
		d := s.deployments[o.ID]
		w.Environment, w.Version = cmp.Or(w.Environment, d.Environment), d.Version
		if d.RollbackOf != "" {
			w.Act = lockstep.ActRollback
		}
	case o.Switch != nil:
		w.Environment = o.Switch.To
		if o.Switch.Drill {
			w.Act = lockstep.ActDrill
		}
	}
	return w
}

// deeds are what completed operations have done.
var deeds = map[lockstep.HistoryAct]lockstep.HistorySentence{
	lockstep.ActDeployment: lockstep.SaysDeployed, lockstep.ActRollback: lockstep.SaysBroughtBack, lockstep.ActSync: lockstep.SaysSynced,
	lockstep.ActDestruction: lockstep.SaysDestroyed, lockstep.ActScaling: lockstep.SaysScaled, lockstep.ActStop: lockstep.SaysStopped,
	lockstep.ActStart: lockstep.SaysStarted, lockstep.ActMaintenanceOn: lockstep.SaysMaintenanceBegan, lockstep.ActMaintenanceOff: lockstep.SaysMaintenanceEnded,
	lockstep.ActServiceOn: lockstep.SaysServiceOn, lockstep.ActServiceOff: lockstep.SaysServiceOff,
}

// done is an operation that completed: "Deployed 2.1.4 to production".
func (s storyteller) done(h *lockstep.HistoryEntry, o lockstep.Operation) {
	h.Sentence = cmp.Or(deeds[h.Words.Act], lockstep.SaysCompleted)
	switch d := s.deployments[o.ID]; {
	case h.Words.Act == lockstep.ActDeployment && d.PromotedFrom != nil:
		h.Sentence, h.Words.From = lockstep.SaysPromoted, d.PromotedFrom.Environment
	case o.Switch != nil && o.Switch.Drill:
		h.Sentence, h.Words.To = lockstep.SaysRehearsed, o.Switch.To
	case o.Switch != nil:
		h.Sentence, h.Words.From, h.Words.To = lockstep.SaysSwitched, o.Switch.From, o.Switch.To
	case o.Sync != nil:
		h.Words.From, h.Words.To = o.Sync.Source, o.Sync.Target
	case o.Kind == lockstep.OperationScale:
		h.Words.Replicas = o.Replicas
	}
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
