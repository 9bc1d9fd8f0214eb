package lockstep

import "time"

// HistorySentence is one of the texts that a history is made of, whatever the words in
// it.
type HistorySentence string

// The sentences. Those of operations name theirs by Words.Act.
const (
	SaysWaitsForTurn         HistorySentence = "operation_waits_for_turn"
	SaysWaitsForTime         HistorySentence = "operation_waits_for_time"
	SaysWaitsForApproval     HistorySentence = "operation_waits_for_approval"
	SaysUnderWay             HistorySentence = "operation_under_way"
	SaysFailed               HistorySentence = "operation_failed"
	SaysCancelled            HistorySentence = "operation_cancelled"
	SaysRolledBack           HistorySentence = "operation_rolled_back"
	SaysCompleted            HistorySentence = "operation_completed"
	SaysApproved             HistorySentence = "operation_approved"
	SaysCancelAsked          HistorySentence = "operation_cancel_asked"
	SaysPauseAsked           HistorySentence = "operation_pause_asked"
	SaysPaused               HistorySentence = "operation_paused"
	SaysResumed              HistorySentence = "operation_resumed"
	SaysWaitsForAnother      HistorySentence = "operation_waits_for_another"
	SaysWaitsForLive         HistorySentence = "operation_waits_for_live"
	SaysMoved                HistorySentence = "operation_moved"
	SaysDecided              HistorySentence = "step_decided"
	SaysDeployed             HistorySentence = "deployed"
	SaysPromoted             HistorySentence = "promoted"
	SaysBroughtBack          HistorySentence = "brought_back" // a rollback that completed
	SaysSwitched             HistorySentence = "switched"
	SaysRehearsed            HistorySentence = "rehearsed"
	SaysSynced               HistorySentence = "synced"
	SaysDestroyed            HistorySentence = "destroyed"
	SaysStopped              HistorySentence = "stopped"
	SaysStarted              HistorySentence = "started"
	SaysScaled               HistorySentence = "scaled"
	SaysMaintenanceBegan     HistorySentence = "maintenance_began"
	SaysMaintenanceEnded     HistorySentence = "maintenance_ended"
	SaysServiceOn            HistorySentence = "service_on"
	SaysServiceOff           HistorySentence = "service_off"
	SaysEnvironmentCreated   HistorySentence = "environment_created"
	SaysEnvironmentChanged   HistorySentence = "environment_changed"
	SaysEnvironmentRemoved   HistorySentence = "environment_removed"
	SaysCurrentNowhere       HistorySentence = "current_nowhere"
	SaysCurrentChanged       HistorySentence = "current_changed"
	SaysMatrixApplied        HistorySentence = "matrix_applied"
	SaysConfigurationChanged HistorySentence = "configuration_changed"
	SaysSyncUndone           HistorySentence = "sync_undone"
	SaysTemplateChanged      HistorySentence = "template_changed"
	SaysSecretsRead          HistorySentence = "secrets_read"
	SaysSecretRevoked        HistorySentence = "secret_revoked"
	SaysKeyAsked             HistorySentence = "key_asked"
	SaysKeyRotated           HistorySentence = "key_rotated"
	SaysTokenMade            HistorySentence = "token_made"
	SaysTokenRevoked         HistorySentence = "token_revoked"
	SaysTokenSignedOut       HistorySentence = "token_signed_out"
	SaysReleaseCreated       HistorySentence = "release_created"
	SaysScheduleChanged      HistorySentence = "schedule_changed"
	SaysScheduleFired        HistorySentence = "schedule_fired"
	SaysHealthChanged        HistorySentence = "health_changed"
	SaysAlertChanged         HistorySentence = "alert_changed"
	SaysAlertTaken           HistorySentence = "alert_taken"
	SaysOther                HistorySentence = "other" // what has no words of its own: Text is its type
)

// HistorySentences lists the sentences.
func HistorySentences() []HistorySentence {
	return []HistorySentence{
		SaysWaitsForTurn, SaysWaitsForTime, SaysWaitsForApproval, SaysUnderWay,
		SaysFailed, SaysCancelled, SaysRolledBack, SaysCompleted,
		SaysApproved, SaysCancelAsked, SaysPauseAsked, SaysPaused, SaysResumed,
		SaysWaitsForAnother, SaysWaitsForLive, SaysMoved, SaysDecided,
		SaysDeployed, SaysPromoted, SaysBroughtBack, SaysSwitched,
		SaysRehearsed, SaysSynced, SaysDestroyed, SaysStopped,
		SaysStarted, SaysScaled, SaysMaintenanceBegan, SaysMaintenanceEnded,
		SaysServiceOn, SaysServiceOff, SaysEnvironmentCreated, SaysEnvironmentChanged,
		SaysEnvironmentRemoved, SaysCurrentChanged, SaysCurrentNowhere, SaysMatrixApplied, SaysConfigurationChanged,
		SaysSyncUndone, SaysTemplateChanged, SaysSecretsRead, SaysSecretRevoked,
		SaysKeyAsked, SaysKeyRotated, SaysTokenMade, SaysTokenRevoked, SaysTokenSignedOut,
		SaysReleaseCreated, SaysScheduleChanged, SaysScheduleFired, SaysHealthChanged,
		SaysAlertChanged, SaysAlertTaken, SaysOther,
	}
}

// HistoryAct is an operation as a sentence names it: "the rollback of production to
// 1.9.3".
type HistoryAct string

// The acts.
const (
	ActDeployment     HistoryAct = "deployment"
	ActRollback       HistoryAct = "rollback"
	ActSwitch         HistoryAct = "switch"
	ActDrill          HistoryAct = "drill"
	ActSync           HistoryAct = "sync"
	ActDestruction    HistoryAct = "destruction"
	ActScaling        HistoryAct = "scaling"
	ActMaintenanceOn  HistoryAct = "maintenance_on"
	ActMaintenanceOff HistoryAct = "maintenance_off"
	ActServiceOn      HistoryAct = "service_on"
	ActServiceOff     HistoryAct = "service_off"
	ActStop           HistoryAct = "stop"
	ActStart          HistoryAct = "start"
	ActRetire         HistoryAct = "retire"
)

// HistoryActs lists the acts.
func HistoryActs() []HistoryAct {
	return []HistoryAct{
		ActDeployment, ActRollback, ActSwitch, ActDrill, ActSync,
		ActDestruction, ActScaling, ActMaintenanceOn, ActMaintenanceOff, ActServiceOn,
		ActServiceOff, ActStop, ActStart, ActRetire,
	}
}

// HistoryWords are what stands in a sentence: names of environments, versions and
// times, and the vocabulary's own words (of health, of alerts, of verdicts) as
// the API has them. A name that is not known anymore is empty.
type HistoryWords struct {
	Act         HistoryAct     `json:"act,omitempty"`
	Environment string         `json:"environment,omitempty"`
	Version     string         `json:"version,omitempty"` // of a release, a configuration, a matrix, a secret
	Service     string         `json:"service,omitempty"`
	Name        string         `json:"name,omitempty"` // of a token, a schedule, a template, an alert, a key
	From        string         `json:"from,omitempty"` // an environment, or a word
	To          string         `json:"to,omitempty"`
	At          *time.Time     `json:"at,omitempty"`
	Step        string         `json:"step,omitempty"`
	Word        string         `json:"word,omitempty"` // what was decided, what was done, the role
	Names       []string       `json:"names,omitempty"`
	Replicas    map[string]int `json:"replicas,omitempty"`
	Created     int            `json:"created,omitempty"`
	Changed     int            `json:"changed,omitempty"`
	Deleted     int            `json:"deleted,omitempty"`
}
