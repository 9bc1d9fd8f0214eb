package control

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// facts is a question about an environment, with what every action on one
// asks: who, when, what is built here, and whether it is being destroyed.
func (c *Control) facts(tx Tx, action policy.Action, actor string, env lockstep.Environment) (policy.Question, error) {
	open, err := tx.OpenOperations(env.ID)
	if err != nil {
		return policy.Question{}, err
	}
	q := c.asked(action, actor, env, open)
	q.Adrift, err = adrift(tx, env)
	return q, err
}

// asked is a question about an environment and its queue.
func (c *Control) asked(action policy.Action, actor string, env lockstep.Environment, open []lockstep.Operation) policy.Question {
	q := policy.Question{Action: action, Actor: actor, Now: c.now(), Built: c.built, Environment: &env}
	q.Destroying, q.Ahead = destroyedBy(open), ahead(open, q.Now)
	return q
}

// adrift is what is not known of the live address that an environment has, or
// may have; nil where all is known.
func adrift(tx Tx, env lockstep.Environment) (*policy.Adrift, error) {
	p, err := tx.Project(env.Project)
	if err != nil || p.AdriftID == "" || p.CurrentID != env.ID && p.AdriftID != env.ID {
		return nil, err
	}
	a := policy.Adrift{Host: lockstep.LiveHost(p.Name)}
	for _, side := range []struct {
		id   string
		name *string
	}{{p.CurrentID, &a.Current}, {p.AdriftID, &a.To}} {
		e, err := tx.Environment(p.ID, side.id)
		if err != nil {
			return nil, err
		}
		*side.name = e.Name
	}
	return &a, nil
}

// destroying is the operation that destroys an environment, "" for none.
func destroying(tx Tx, environmentID string) (string, error) {
	open, err := tx.OpenOperations(environmentID)
	return destroyedBy(open), err
}

func destroyedBy(open []lockstep.Operation) string {
	for _, o := range open {
		if o.Kind == lockstep.OperationDestroy {
			return o.ID
		}
	}
	return ""
}

// ahead is the kind of the last of a queue that brings an environment up or
// takes it down. What waits for an approval may never come, and what waits for
// its time comes after all of that.
func ahead(open []lockstep.Operation, now time.Time) lockstep.OperationKind {
	for _, o := range slices.Backward(open) {
		switch o.Kind {
		case lockstep.OperationDeploy, lockstep.OperationStop, lockstep.OperationStart:
			if o.Status != lockstep.StatusPendingApproval && !o.Later(now) {
				return o.Kind
			}
		case lockstep.OperationRetire, lockstep.OperationDestroy, lockstep.OperationScale,
			lockstep.OperationMaintenanceOn, lockstep.OperationMaintenanceOff,
			lockstep.OperationEnableService, lockstep.OperationDisableService, lockstep.OperationSwitch, lockstep.OperationSync:
		}
	}
	return ""
}

// within says what an error is about, where a person sees it too.
func within(err error, what string) error {
	var coded *lockstep.Error
	if !errors.As(err, &coded) {
		return fmt.Errorf("%s: %w", what, err)
	}
	named := *coded
	named.Message, named.Err = what+": "+coded.Message, err
	return &named
}

// event appends what happened; zero IDs are left out.
func (c *Control) event(tx Tx, kind lockstep.EventType, projectID, environmentID, operationID string, by By, data map[string]any) error {
	return tx.AppendEvent(lockstep.Event{
		At: c.now(), Type: kind, ProjectID: projectID, EnvironmentID: environmentID,
		OperationID: operationID, Actor: by.Actor, Data: data,
	})
}
