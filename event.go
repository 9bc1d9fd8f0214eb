package lockstep

import "time"

// EventType says what happened.
type EventType string

// The types.
const (
	EventMatrixApplied        EventType = "matrix.applied"
	EventEnvironmentCreated   EventType = "environment.created"
	EventEnvironmentUpdated   EventType = "environment.updated"
	EventEnvironmentStatus    EventType = "environment.status_changed" // data: from, to
	EventEnvironmentDeleted   EventType = "environment.deleted"
	EventCurrentChanged       EventType = "environment.current_changed"
	EventConfigVersionCreated EventType = "config.version_created"
	EventSecretsRevealed      EventType = "secrets.revealed" // data: environment, keys
	EventReleaseCreated       EventType = "release.created"
	EventOperationRequested   EventType = "operation.requested"
	EventOperationApproved    EventType = "operation.approved"
	EventOperationRescheduled EventType = "operation.rescheduled" // data: from, to
	EventOperationClaimed     EventType = "operation.claimed"     // data: worker, fence; again after a takeover
	EventOperationPlanned     EventType = "operation.planned"     // data: phase, steps
	EventOperationCancelAsked EventType = "operation.cancel_requested"
	EventOperationPauseAsked  EventType = "operation.pause_requested" // data: step (the next), reason
	EventOperationPaused      EventType = "operation.paused"          // data: step, seq: it holds before that one
	EventOperationResumed     EventType = "operation.resumed"         // data: comment
	EventOperationWaiting     EventType = "operation.waiting"         // data: lock, holder: a running one waits for another
	EventOperationFinished    EventType = "operation.finished"        // data: status, error
	EventScheduleChanged      EventType = "schedule.changed"          // data: name, change (created, changed, paused, resumed, deleted)
	EventTemplateChanged      EventType = "template.changed"          // data: name, version, change (created, changed, deleted)
	EventScheduleFired        EventType = "schedule.fired"            // data: name, instant, outcome, reason
	EventStepStarted          EventType = "step.started"              // data: the step
	EventStepProgress         EventType = "step.progress"             // data: instances, splits or a message
	EventStepFinished         EventType = "step.finished"             // data: the step
	EventHealthChanged        EventType = "health.changed"            // data: service, from, to, message
	EventAlertChanged         EventType = "alert.changed"             // data: name, from, to, summary
	EventAlertAcknowledged    EventType = "alert.acknowledged"        // data: name, comment
	EventConfigSynced         EventType = "config.synced"             // data: sync, source, from (config version), version, changes (how many)
	EventConfigSyncUndone     EventType = "config.sync_undone"        // data: sync, version
	EventStepDecided          EventType = "step.decided"              // data: step, seq, verdict, comment
	EventSecretRevoked        EventType = "secret.revoked"            // data: key, version, forced
	EventTokenCreated         EventType = "token.created"             // data: name, role, expiresAt
	EventTokenRevoked         EventType = "token.revoked"             // data: name
	EventTokenSignedOut       EventType = "token.signed_out"          // data: name, sessions (how many were ended)
	EventKeysRotationAsked    EventType = "keys.rotation_asked"
	EventKeysRotated          EventType = "keys.rotated" // data: key, values (how many were sealed when it began)
)

// Event is one thing that happened. Seq is global, without gaps for readers:
// who has read Seq n will never see a smaller one appear.
type Event struct {
	Seq           int64          `json:"seq"`
	At            time.Time      `json:"at"`
	Type          EventType      `json:"type"`
	ProjectID     string         `json:"projectId,omitempty"`
	EnvironmentID string         `json:"environmentId,omitempty"`
	OperationID   string         `json:"operationId,omitempty"`
	Actor         string         `json:"actor,omitempty"`
	Data          map[string]any `json:"data,omitempty"`
}
