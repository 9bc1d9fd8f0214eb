package control

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// english says a sentence. The dashboard says the same ones in its languages:
// testdata/sentences.json holds both to the same English.
func english(says lockstep.HistorySentence, w lockstep.HistoryWords) string { //nolint:cyclop,funlen // one line a sentence
	env, act := where(w.Environment), acting(w)
	switch says {
	case lockstep.SaysWaitsForTurn:
		return capital(act) + " waits for its turn"
	case lockstep.SaysWaitsForTime:
		return capital(act) + " waits for its time, " + w.At.UTC().Format("2006-01-02 15:04 UTC")
	case lockstep.SaysWaitsForApproval:
		return capital(act) + " waits for an approval"
	case lockstep.SaysUnderWay:
		return capital(act) + " is under way"
	case lockstep.SaysFailed:
		return capital(act) + " failed"
	case lockstep.SaysCancelled:
		return capital(act) + " was cancelled"
	case lockstep.SaysRolledBack:
		return capital(act) + " was rolled back"
	case lockstep.SaysCompleted:
		return "Completed the " + act
	case lockstep.SaysApproved:
		return "Approved the " + act
	case lockstep.SaysCancelAsked:
		return "Asked to cancel the " + act
	case lockstep.SaysPauseAsked:
		return "Asked to pause the " + act
	case lockstep.SaysPaused:
		return capital(act) + " is paused before " + w.Step
	case lockstep.SaysResumed:
		return "Resumed the " + act
	case lockstep.SaysWaitsForAnother:
		return capital(act) + " waits for another one"
	case lockstep.SaysWaitsForLive:
		return capital(act) + " waits for the live address, which another one moves"
	case lockstep.SaysMoved:
		return "Moved the " + act + " to " + w.To
	case lockstep.SaysDecided:
		return capital(w.Word) + " the " + act + " at " + w.Step
	case lockstep.SaysDeployed:
		return "Deployed " + w.Version + " to " + env
	case lockstep.SaysPromoted:
		return "Promoted " + w.Version + " from " + w.From + " to " + env
	case lockstep.SaysBroughtBack:
		return "Rolled " + env + " back to " + w.Version
	case lockstep.SaysSwitched:
		if w.From != "" {
			return "Switched the live address from " + w.From + " to " + w.To
		}
		return "Switched the live address to " + w.To
	case lockstep.SaysRehearsed:
		return "Rehearsed a switch to " + w.To
	case lockstep.SaysSynced:
		if w.From != "" {
			return "Synced the configuration of " + w.From + " to " + w.To
		}
		return "Synced the configuration of " + env
	case lockstep.SaysDestroyed:
		return "Destroyed " + env
	case lockstep.SaysStopped:
		return "Stopped " + env
	case lockstep.SaysStarted:
		return "Started " + env
	case lockstep.SaysScaled:
		return "Scaled " + env + counted(w.Replicas)
	case lockstep.SaysMaintenanceBegan:
		return "Began the maintenance of " + env
	case lockstep.SaysMaintenanceEnded:
		return "Ended the maintenance of " + env
	case lockstep.SaysServiceOn:
		return "Switched " + w.Service + " on in " + env
	case lockstep.SaysServiceOff:
		return "Switched " + w.Service + " off in " + env
	case lockstep.SaysEnvironmentCreated:
		return "Created " + env
	case lockstep.SaysEnvironmentChanged:
		return "Changed what is recorded of " + env
	case lockstep.SaysEnvironmentRemoved:
		return "Removed " + env
	case lockstep.SaysCurrentNowhere:
		return "The live address leads nowhere"
	case lockstep.SaysCurrentChanged:
		return "The live address leads to " + where(w.To)
	case lockstep.SaysMatrixApplied:
		return "Applied version " + w.Version + " of the matrix" + applied(w)
	case lockstep.SaysConfigurationChanged:
		return "Changed the configuration of " + env + " (version " + w.Version + ")"
	case lockstep.SaysSyncUndone:
		return "Undid a sync of the configuration to " + env
	case lockstep.SaysTemplateChanged:
		return "Template " + w.Name + " was " + w.Word
	case lockstep.SaysSecretsRead:
		return "Read secrets of " + env + ": " + enumerated(w.Names)
	case lockstep.SaysSecretRevoked:
		return "Revoked version " + w.Version + " of secret " + w.Name
	case lockstep.SaysKeyAsked:
		return "Asked for a new key of the secrets"
	case lockstep.SaysKeyRotated:
		return "All secrets are sealed with a new key (" + w.Name + ")"
	case lockstep.SaysTokenMade:
		return "Made the token " + w.Name + " with the role " + w.Word
	case lockstep.SaysTokenRevoked:
		return "Revoked the token " + w.Name
	case lockstep.SaysTokenSignedOut:
		return "Ended the sessions of the token " + w.Name
	case lockstep.SaysReleaseCreated:
		return "Created release " + w.Version
	case lockstep.SaysScheduleChanged:
		return "Schedule " + w.Name + " was " + w.Word
	case lockstep.SaysScheduleFired:
		return "Schedule " + w.Name + " fired for " + env
	case lockstep.SaysHealthChanged:
		text := capital(w.Service) + " of " + env + " is " + w.To
		if w.From != "" {
			text += ", was " + w.From
		}
		return text
	case lockstep.SaysAlertChanged:
		return "Alert " + w.Name + " of " + env + " is " + w.To
	case lockstep.SaysAlertTaken:
		return "Takes care of alert " + w.Name + " of " + env
	case lockstep.SaysOther:
	}
	return w.Name
}

// acting names an operation: "deployment of 2.1.4 to production".
func acting(w lockstep.HistoryWords) string {
	env := where(w.Environment)
	switch w.Act {
	case lockstep.ActDeployment:
		return "deployment of " + w.Version + " to " + env
	case lockstep.ActRollback:
		return "rollback of " + env + " to " + w.Version
	case lockstep.ActSwitch:
		return "switch to " + env
	case lockstep.ActDrill:
		return "drill of a switch to " + env
	case lockstep.ActSync:
		return "sync of the configuration to " + env
	case lockstep.ActDestruction:
		return "destruction of " + env
	case lockstep.ActScaling:
		return "scaling of " + env
	case lockstep.ActMaintenanceOn:
		return "begin of the maintenance of " + env
	case lockstep.ActMaintenanceOff:
		return "end of the maintenance of " + env
	case lockstep.ActServiceOn:
		return "start of " + w.Service + " in " + env
	case lockstep.ActServiceOff:
		return "stop of " + w.Service + " in " + env
	case lockstep.ActStop:
		return "stop of " + env
	case lockstep.ActStart:
		return "start of " + env
	case lockstep.ActRetire:
		return "retire of " + env
	}
	return "operation on " + env
}

func where(environment string) string { return cmp.Or(environment, "an environment that is gone") }

// applied says how many environments a matrix made, changed and took away.
func applied(w lockstep.HistoryWords) string {
	var parts []string
	for _, part := range []struct {
		n    int
		word string
	}{{w.Created, "created"}, {w.Changed, "changed"}, {w.Deleted, "deleted"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.word))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// mostNamed is how many names a sentence has.
const mostNamed = 5

func enumerated(names []string) string {
	if len(names) > mostNamed {
		names = append(slices.Clone(names[:mostNamed]), fmt.Sprintf("and %d more", len(names)-mostNamed))
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

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
