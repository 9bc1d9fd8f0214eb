package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// Alerts are those of a project, or of one of its environments, as their
// rules are recorded: one that was always well is ok.
func (c *Control) Alerts(ctx context.Context, projectName, environmentRef string) (List[lockstep.Alert], error) {
	return view(ctx, c, func(tx Tx) (List[lockstep.Alert], error) {
		out := List[lockstep.Alert]{Items: []lockstep.Alert{}}
		var environments []lockstep.Environment
		if environmentRef != "" {
			env, err := environment(tx, projectName, environmentRef)
			if err != nil {
				return out, err
			}
			environments = append(environments, env)
		} else {
			p, err := project(tx, projectName)
			if err != nil {
				return out, err
			}
			if environments, err = tx.Environments(p.ID); err != nil {
				return out, err
			}
		}
		for _, env := range environments {
			all, err := alerts(tx, env)
			if err != nil {
				return out, err
			}
			out.Items = append(out.Items, all...)
		}
		return out, nil
	})
}

// alerts are those of an environment, in the order of the matrix.
func alerts(tx Tx, env lockstep.Environment) ([]lockstep.Alert, error) {
	if len(env.Spec.Alerts) == 0 {
		return nil, nil
	}
	stored, err := tx.Alerts(env.ProjectID, env.ID)
	if err != nil {
		return nil, err
	}
	byName := make(map[string]lockstep.Alert, len(stored))
	for _, a := range stored {
		byName[a.Name] = a
	}
	out := make([]lockstep.Alert, 0, len(env.Spec.Alerts))
	for _, rule := range env.Spec.Alerts {
		a, known := byName[rule.Name]
		if !known || a.When != rule.When {
			a = lockstep.Alert{EnvironmentID: env.ID, Environment: env.Name, Name: rule.Name, When: rule.When, State: lockstep.AlertOK, Since: env.UpdatedAt}
		}
		out = append(out, a)
	}
	return out, nil
}

// AcknowledgeRequest is what who acknowledges an alert says.
type AcknowledgeRequest struct {
	Comment string `json:"comment,omitempty" maxLength:"2000"`
}

// AcknowledgeAlert says that somebody takes care of an alert that fires.
func (c *Control) AcknowledgeAlert(ctx context.Context, by By, projectName, environmentRef, name string, request AcknowledgeRequest) (lockstep.Alert, error) {
	return change(ctx, c, by, "acknowledge", []any{projectName, environmentRef, name, request}, func(tx Tx) (lockstep.Alert, error) {
		env, err := environment(tx, projectName, environmentRef)
		if err != nil {
			return lockstep.Alert{}, err
		}
		if _, err := alertOf(tx, env, name); err != nil {
			return lockstep.Alert{}, err
		}
		if err := tx.AcknowledgeAlert(env.ID, name, by.Actor, request.Comment, c.now()); err != nil {
			return lockstep.Alert{}, err
		}
		if err := c.event(tx, lockstep.EventAlertAcknowledged, env.ProjectID, env.ID, "", by, map[string]any{"name": name, "comment": request.Comment}); err != nil {
			return lockstep.Alert{}, err
		}
		return alertOf(tx, env, name)
	})
}

func alertOf(tx Tx, env lockstep.Environment, name string) (lockstep.Alert, error) {
	all, err := alerts(tx, env)
	if err != nil {
		return lockstep.Alert{}, err
	}
	for _, a := range all {
		if a.Name == name {
			return a, nil
		}
	}
	return lockstep.Alert{}, lockstep.Errorf(lockstep.CodeNotFound, "%s has no alert %q", env.Name, name)
}

// notOK are the alerts that want attention.
func notOK(all []lockstep.Alert) []lockstep.Alert {
	var out []lockstep.Alert
	for _, a := range all {
		if a.State == lockstep.AlertPending || a.State == lockstep.AlertFiring {
			out = append(out, a)
		}
	}
	return out
}
