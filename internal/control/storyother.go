package control

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// other tells what is no operation.
func (s storyteller) other(h *lockstep.HistoryEntry, e lockstep.Event) {
	env := cmp.Or(h.Environment, "an environment that is gone")
	switch e.Type {
	case lockstep.EventEnvironmentCreated:
		h.Kind, h.Text = lockstep.HistoryEnvironment, "Created "+env
	case lockstep.EventEnvironmentUpdated:
		h.Kind, h.Text = lockstep.HistoryEnvironment, "Changed what is recorded of "+env
	case lockstep.EventEnvironmentDeleted:
		h.Kind, h.Text = lockstep.HistoryEnvironment, "Removed "+env
	case lockstep.EventCurrentChanged:
		h.Kind, h.Text = lockstep.HistorySwitch, "The live address leads nowhere"
		if to := said(e, "to"); to != "" {
			h.Text = "The live address leads to " + cmp.Or(s.names[to], "an environment that is gone")
		}
	case lockstep.EventMatrixApplied:
		h.Kind, h.Text = lockstep.HistoryConfiguration, "Applied version "+said(e, "version")+" of the matrix"+applied(e)
	case lockstep.EventConfigVersionCreated:
		h.Kind, h.Text = lockstep.HistoryConfiguration, "Changed the configuration of "+env+" (version "+said(e, "number")+")"
		h.Reason = said(e, "message")
	case lockstep.EventConfigSyncUndone:
		h.Kind, h.Text = lockstep.HistoryConfiguration, "Undid a sync of the configuration to "+env
	case lockstep.EventTemplateChanged:
		h.Kind, h.Text = lockstep.HistoryConfiguration, "Template "+said(e, "name")+" was "+said(e, "change")
	case lockstep.EventSecretsRevealed:
		h.Kind, h.Text = lockstep.HistorySecret, "Read secrets of "+env+": "+enumerated(e.Data["keys"])
	case lockstep.EventSecretRevoked:
		h.Kind, h.Text = lockstep.HistorySecret, "Revoked version "+said(e, "version")+" of secret "+said(e, "key")
	case lockstep.EventKeysRotationAsked:
		h.Kind, h.Text = lockstep.HistorySecret, "Asked for a new key of the secrets"
	case lockstep.EventKeysRotated:
		h.Kind, h.Text = lockstep.HistorySecret, "All secrets are sealed with a new key ("+said(e, "key")+")"
	case lockstep.EventTokenCreated:
		h.Kind, h.Text = lockstep.HistoryAccess, "Made the token "+said(e, "name")+" with the role "+said(e, "role")
	case lockstep.EventTokenRevoked:
		h.Kind, h.Text = lockstep.HistoryAccess, "Revoked the token "+said(e, "name")
	case lockstep.EventTokenSignedOut:
		h.Kind, h.Text = lockstep.HistoryAccess, "Ended the sessions of the token "+said(e, "name")
	case lockstep.EventReleaseCreated:
		h.Kind, h.Text, h.Version = lockstep.HistoryRelease, "Created release "+said(e, "version"), said(e, "version")
	case lockstep.EventScheduleChanged:
		h.Kind, h.Text = lockstep.HistorySchedule, "Schedule "+said(e, "name")+" was "+said(e, "change")
	case lockstep.EventScheduleFired:
		h.Kind, h.Text = lockstep.HistorySchedule, "Schedule "+said(e, "name")+" fired for "+env
		h.Reason, h.Result = said(e, "reason"), lockstep.ResultSuccess
		if said(e, "outcome") != string(lockstep.FiringDeployed) {
			h.Result = lockstep.ResultSkipped
		}
	case lockstep.EventHealthChanged:
		h.Kind, h.Reason = lockstep.HistoryHealth, said(e, "message")
		h.Text = fmt.Sprintf("%s of %s is %s", capital(said(e, "service")), env, said(e, "to"))
		if from := said(e, "from"); from != "" && from != string(lockstep.HealthUnknown) {
			h.Text += ", was " + from
		}
	case lockstep.EventAlertChanged:
		h.Kind, h.Reason = lockstep.HistoryHealth, said(e, "summary")
		h.Text = fmt.Sprintf("Alert %s of %s is %s", said(e, "name"), env, said(e, "to"))
	case lockstep.EventAlertAcknowledged:
		h.Kind, h.Reason = lockstep.HistoryHealth, said(e, "comment")
		h.Text = "Takes care of alert " + said(e, "name") + " of " + env
	default:
		h.Text = string(e.Type)
	}
}

// applied says which environments a matrix made, changed and took away.
func applied(e lockstep.Event) string {
	var parts []string
	for _, word := range []string{"created", "changed", "deleted"} {
		if names, _ := e.Data[word].([]any); len(names) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", len(names), word))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// mostNamed is how many names a sentence has.
const mostNamed = 5

func enumerated(v any) string {
	list, _ := v.([]any)
	var names []string
	for _, name := range list {
		if len(names) == mostNamed {
			names = append(names, fmt.Sprintf("and %d more", len(list)-mostNamed))
			break
		}
		names = append(names, fmt.Sprint(name))
	}
	return strings.Join(names, ", ")
}

func counted(replicas map[string]int) string {
	var parts []string
	for _, service := range slices.Sorted(maps.Keys(replicas)) {
		parts = append(parts, fmt.Sprintf("%s to %d", service, replicas[service]))
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}
