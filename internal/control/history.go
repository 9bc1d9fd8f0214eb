package control

import (
	"context"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// HistoryTx is what a history is read from.
type HistoryTx interface {
	History(filter lockstep.HistoryFilter, page lockstep.Page) ([]lockstep.Event, string, error) // the newest first; of what was asked for and has ended only the end
	LastEvents(projectID string, types []lockstep.EventType) (map[string]lockstep.Event, error)  // the newest of each environment, by its ID
	OperationsOf(ids []string) ([]lockstep.Operation, error)                                     // those that there are, without steps, in any order
	DeploymentsOf(ids []string) ([]lockstep.Deployment, error)                                   // the same
	RunningSteps(projectID string) (map[string][]lockstep.Step, error)                           // by operation; of all projects where none is named
	EnvironmentNames(projectID string) (map[string]string, error)                                // by ID
}

// HistoryQuery narrows a history; empty fields match everything.
type HistoryQuery struct {
	Environment string // ID or name
	Kind        lockstep.HistoryKind
	Actor       string
}

// ofOperations are the events of an operation that people are told of.
var ofOperations = []lockstep.EventType{
	lockstep.EventOperationRequested, lockstep.EventOperationApproved, lockstep.EventOperationRescheduled,
	lockstep.EventOperationCancelAsked, lockstep.EventOperationFinished, lockstep.EventStepDecided,
	lockstep.EventOperationPauseAsked, lockstep.EventOperationPaused, lockstep.EventOperationResumed, lockstep.EventOperationWaiting,
}

// told is what belongs to each kind: events, and of which operations.
var told = map[lockstep.HistoryKind]struct {
	types      []lockstep.EventType
	operations []lockstep.OperationKind
}{
	lockstep.HistoryDeployment: {ofOperations, []lockstep.OperationKind{lockstep.OperationDeploy}},
	lockstep.HistorySwitch:     {append([]lockstep.EventType{lockstep.EventCurrentChanged}, ofOperations...), []lockstep.OperationKind{lockstep.OperationSwitch}},
	lockstep.HistoryEnvironment: {
		append([]lockstep.EventType{lockstep.EventEnvironmentCreated, lockstep.EventEnvironmentUpdated, lockstep.EventEnvironmentDeleted}, ofOperations...),
		[]lockstep.OperationKind{
			lockstep.OperationDestroy, lockstep.OperationStop, lockstep.OperationStart, lockstep.OperationScale, lockstep.OperationMaintenanceOn,
			lockstep.OperationMaintenanceOff, lockstep.OperationEnableService, lockstep.OperationDisableService,
		},
	},
	lockstep.HistoryConfiguration: {
		append([]lockstep.EventType{lockstep.EventMatrixApplied, lockstep.EventConfigVersionCreated, lockstep.EventConfigSyncUndone, lockstep.EventTemplateChanged}, ofOperations...),
		[]lockstep.OperationKind{lockstep.OperationSync},
	},
	lockstep.HistorySecret:   {[]lockstep.EventType{lockstep.EventSecretsRevealed, lockstep.EventSecretRevoked, lockstep.EventKeysRotationAsked, lockstep.EventKeysRotated}, nil},
	lockstep.HistoryRelease:  {[]lockstep.EventType{lockstep.EventReleaseCreated}, nil},
	lockstep.HistorySchedule: {[]lockstep.EventType{lockstep.EventScheduleChanged, lockstep.EventScheduleFired}, nil},
	lockstep.HistoryHealth:   {[]lockstep.EventType{lockstep.EventHealthChanged, lockstep.EventAlertChanged, lockstep.EventAlertAcknowledged}, nil},
	lockstep.HistoryAccess:   {[]lockstep.EventType{lockstep.EventTokenCreated, lockstep.EventTokenRevoked, lockstep.EventTokenSignedOut}, nil},
}

// highlights are what a glance at a project shows: what was done, and not what
// it was made of.
var highlights = []lockstep.EventType{
	lockstep.EventOperationRequested, lockstep.EventOperationFinished, lockstep.EventReleaseCreated,
	lockstep.EventEnvironmentCreated, lockstep.EventAlertChanged, lockstep.EventMatrixApplied,
}

// History lists what happened in a project, the newest first, as far back as
// events are kept.
func (c *Control) History(ctx context.Context, projectName string, q HistoryQuery, page lockstep.Page) (List[lockstep.HistoryEntry], error) {
	filter := lockstep.HistoryFilter{Actor: q.Actor}
	if of, ok := told[q.Kind]; ok {
		filter.Types, filter.Operations = of.types, of.operations
	} else if q.Kind != "" {
		return List[lockstep.HistoryEntry]{}, lockstep.Invalid("kind", "there is no such kind: use one of %v", lockstep.HistoryKinds())
	}
	for _, kind := range lockstep.HistoryKinds() {
		if q.Kind == "" {
			filter.Types = append(filter.Types, told[kind].types...)
		}
	}
	slices.Sort(filter.Types)
	filter.Types = slices.Compact(filter.Types)
	return view(ctx, c, func(tx Tx) (out List[lockstep.HistoryEntry], err error) {
		p, err := project(tx, projectName)
		if err != nil {
			return out, err
		}
		filter.ProjectID = p.ID
		if q.Environment != "" {
			env, err := environment(tx, projectName, q.Environment)
			if err != nil {
				return out, err
			}
			filter.ProjectID, filter.EnvironmentID = env.ProjectID, env.ID
		}
		events, next, err := tx.History(filter, page)
		if err != nil {
			return out, err
		}
		out.NextCursor = next
		out.Items, err = c.tell(tx, filter.ProjectID, events)
		return out, err
	})
}

// tell makes entries of events, with as many queries for a hundred as for two.
func (c *Control) tell(tx Tx, projectID string, events []lockstep.Event) ([]lockstep.HistoryEntry, error) {
	var ids []string
	for _, e := range events {
		if e.OperationID != "" {
			ids = append(ids, e.OperationID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	s := storyteller{operations: map[string]lockstep.Operation{}, deployments: map[string]lockstep.Deployment{}}
	operations, err := tx.OperationsOf(ids)
	if err != nil {
		return nil, err
	}
	for _, o := range operations {
		s.operations[o.ID] = o
	}
	deployments, err := tx.DeploymentsOf(ids)
	if err != nil {
		return nil, err
	}
	for _, d := range deployments {
		s.deployments[d.ID] = d
	}
	if s.names, err = tx.EnvironmentNames(projectID); err != nil {
		return nil, err
	}
	out := make([]lockstep.HistoryEntry, 0, len(events))
	for _, e := range events {
		out = append(out, s.entry(e, c.now()))
	}
	return out, nil
}
