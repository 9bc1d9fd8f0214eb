package control

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// other tells what is no operation.
func (s storyteller) other(h *lockstep.HistoryEntry, e lockstep.Event) {
	w := lockstep.HistoryWords{Environment: h.Environment, Name: said(e, "name")}
	say := func(kind lockstep.HistoryKind, sentence lockstep.HistorySentence) {
		h.Kind, h.Sentence = kind, sentence
	}
	switch e.Type {
	case lockstep.EventEnvironmentCreated:
		say(lockstep.HistoryEnvironment, lockstep.SaysEnvironmentCreated)
	case lockstep.EventEnvironmentUpdated:
		say(lockstep.HistoryEnvironment, lockstep.SaysEnvironmentChanged)
	case lockstep.EventEnvironmentDeleted:
		say(lockstep.HistoryEnvironment, lockstep.SaysEnvironmentRemoved)
	case lockstep.EventCurrentChanged:
		say(lockstep.HistorySwitch, lockstep.SaysCurrentNowhere)
		if to := said(e, "to"); to != "" {
			h.Sentence, w.To = lockstep.SaysCurrentChanged, s.names[to]
		}
	case lockstep.EventMatrixApplied:
		say(lockstep.HistoryConfiguration, lockstep.SaysMatrixApplied)
		w.Version = said(e, "version")
		w.Created, w.Changed, w.Deleted = len(listed(e, "created")), len(listed(e, "changed")), len(listed(e, "deleted"))
	case lockstep.EventConfigVersionCreated:
		say(lockstep.HistoryConfiguration, lockstep.SaysConfigurationChanged)
		w.Version, h.Reason = said(e, "number"), said(e, "message")
	case lockstep.EventConfigSyncUndone:
		say(lockstep.HistoryConfiguration, lockstep.SaysSyncUndone)
	case lockstep.EventTemplateChanged:
		say(lockstep.HistoryConfiguration, lockstep.SaysTemplateChanged)
		w.Word = said(e, "change")
	case lockstep.EventSecretsRevealed:
		say(lockstep.HistorySecret, lockstep.SaysSecretsRead)
		w.Names = listed(e, "keys")
	case lockstep.EventSecretRevoked:
		say(lockstep.HistorySecret, lockstep.SaysSecretRevoked)
		w.Version, w.Name = said(e, "version"), said(e, "key")
	case lockstep.EventKeysRotationAsked:
		say(lockstep.HistorySecret, lockstep.SaysKeyAsked)
	case lockstep.EventKeysRotated:
		say(lockstep.HistorySecret, lockstep.SaysKeyRotated)
		w.Name = said(e, "key")
	case lockstep.EventTokenCreated:
		say(lockstep.HistoryAccess, lockstep.SaysTokenMade)
		w.Word = said(e, "role")
	case lockstep.EventTokenRevoked:
		say(lockstep.HistoryAccess, lockstep.SaysTokenRevoked)
	case lockstep.EventTokenSignedOut:
		say(lockstep.HistoryAccess, lockstep.SaysTokenSignedOut)
	case lockstep.EventReleaseCreated:
		say(lockstep.HistoryRelease, lockstep.SaysReleaseCreated)
		w.Version, h.Version = said(e, "version"), said(e, "version")
	case lockstep.EventScheduleChanged:
		say(lockstep.HistorySchedule, lockstep.SaysScheduleChanged)
		w.Word = said(e, "change")
	case lockstep.EventScheduleFired:
		say(lockstep.HistorySchedule, lockstep.SaysScheduleFired)
		h.Reason, h.Result = said(e, "reason"), lockstep.ResultSuccess
		if said(e, "outcome") != string(lockstep.FiringDeployed) {
			h.Result = lockstep.ResultSkipped
		}
	case lockstep.EventHealthChanged:
		say(lockstep.HistoryHealth, lockstep.SaysHealthChanged)
		w.Service, w.To, h.Reason = said(e, "service"), said(e, "to"), said(e, "message")
		if from := said(e, "from"); from != string(lockstep.HealthUnknown) {
			w.From = from
		}
	case lockstep.EventAlertChanged:
		say(lockstep.HistoryHealth, lockstep.SaysAlertChanged)
		w.To, h.Reason = said(e, "to"), said(e, "summary")
	case lockstep.EventAlertAcknowledged:
		say(lockstep.HistoryHealth, lockstep.SaysAlertTaken)
		h.Reason = said(e, "comment")
	default:
		h.Sentence, w.Name = lockstep.SaysOther, string(e.Type)
	}
	h.Words = w
}

// listed is what an event's data say under a name, as texts.
func listed(e lockstep.Event, name string) []string {
	list, _ := e.Data[name].([]any)
	names := make([]string, 0, len(list))
	for _, each := range list {
		names = append(names, fmt.Sprint(each))
	}
	return names
}
