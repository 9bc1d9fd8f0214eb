package control

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// waits are why automation has not deployed what it would, by environment:
// what this server has seen last, for people to read.
type waits struct {
	mu sync.Mutex
	by map[string]lockstep.AutomationWait
}

func (w *waits) replace(by map[string]lockstep.AutomationWait) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.by = by
}

func (w *waits) of(environmentID string) *lockstep.AutomationWait {
	w.mu.Lock()
	defer w.mu.Unlock()
	if one, ok := w.by[environmentID]; ok {
		return &one
	}
	return nil
}

// automate deploys what the matrix says is deployed by itself, and says when
// it may deploy more only because time has gone by (zero: never). Everything
// that it goes by is stored, so that nothing is lost with a server: a release
// that was never asked for in an environment is asked for.
func (c *Control) automate(ctx context.Context) (next time.Time, err error) {
	all, err := view(ctx, c, func(tx Tx) ([]lockstep.Environment, error) { return tx.AutomatedEnvironments() })
	if err != nil {
		return next, err
	}
	found := map[string]lockstep.AutomationWait{}
	var failed []error
	for _, env := range all {
		wait, err := c.automateOne(ctx, env)
		if err != nil {
			failed = append(failed, fmt.Errorf("automation of %s: %w", env.Name, err))
			continue
		}
		if wait == nil {
			continue
		}
		found[env.ID] = *wait
		if u := wait.Until; u != nil && (next.IsZero() || u.Before(next)) {
			next = *u
		}
	}
	c.waits.replace(maps.Clone(found))
	return next, errors.Join(failed...)
}

// automateOne returns what it waits for, where there is something to deploy.
func (c *Control) automateOne(ctx context.Context, env lockstep.Environment) (*lockstep.AutomationWait, error) {
	version, err := view(ctx, c, func(tx Tx) (string, error) { return candidate(tx, env) })
	if err != nil || version == "" {
		return nil, err
	}
	var l looked
	if env.Spec.Automation.Deploy == lockstep.DeployWhenProved {
		l = c.look(ctx, "", env.ID, "")
	}
	// Most of the time it is refused, as before: that is not worth a write.
	wait, err := view(ctx, c, func(tx Tx) (*lockstep.AutomationWait, error) {
		_, wait, err := c.automatic(tx, env.ID, l)
		return wait, err
	})
	if err != nil || wait != nil {
		return wait, err
	}
	made := false
	err = c.store.Update(ctx, func(tx Tx) error {
		d, w, err := c.automatic(tx, env.ID, l)
		made, wait = false, w
		if err != nil || w != nil || d == nil {
			return err
		}
		by := By{Actor: lockstep.AutomationActor}
		if err := c.supersede(tx, by, *d); err != nil {
			return err
		}
		_, err = c.record(tx, by, *d)
		made = err == nil
		return err
	})
	if made {
		c.wake()
	}
	if lockstep.IsTerminal(err) {
		return &lockstep.AutomationWait{Version: version, Reason: err.Error()}, nil
	}
	return wait, err
}

// automatic drafts what automation would deploy now; nil where that is
// nothing, or where something stands in its way.
func (c *Control) automatic(tx Tx, environmentID string, l looked) (*draft, *lockstep.AutomationWait, error) {
	env, err := tx.Environment("", environmentID)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	version, err := candidate(tx, env)
	if err != nil || version == "" {
		return nil, nil, err
	}
	var d draft
	by := By{Actor: lockstep.AutomationActor}
	if env.Spec.Automation.Deploy == lockstep.DeployWhenProved {
		d, err = c.draftPromotion(tx, by, "", env.ID, lockstep.PromotionRequest{}, l)
	} else {
		d, err = c.draft(tx, by, env, lockstep.DeploymentRequest{Version: version})
	}
	switch {
	case lockstep.IsTerminal(err):
		return nil, &lockstep.AutomationWait{Version: version, Reason: err.Error()}, nil
	case err != nil:
		return nil, nil, err
	case !d.answer.Allowed:
		return nil, &lockstep.AutomationWait{Version: version, Reason: d.answer.String(), Until: d.answer.Until}, nil
	}
	return &d, nil, nil
}

// candidate is the release that automation has to bring to an environment; ""
// for none. One that anybody has asked for there is not asked for again,
// however that ended; what is older than what runs does not come; what is
// stopped is left so.
func candidate(tx Tx, env lockstep.Environment) (string, error) {
	if env.StoppedAt != nil {
		return "", nil
	}
	version, err := offered(tx, env)
	if err != nil || version == "" {
		return "", err
	}
	asked, _, err := tx.Deployments(lockstep.DeploymentFilter{EnvironmentID: env.ID, Version: version}, lockstep.Page{Limit: 1})
	if err != nil || len(asked) > 0 {
		return "", err
	}
	if env.ActiveID == "" {
		return version, nil
	}
	runs := env.Metadata.Version
	numbers, err := tx.ReleaseNumbers(env.ProjectID, []string{version, runs})
	if err != nil || numbers[version] <= numbers[runs] {
		return "", err
	}
	return version, nil
}

// offered is the newest release, or the one that runs in the stage before.
func offered(tx Tx, env lockstep.Environment) (string, error) {
	switch env.Spec.Automation.Deploy {
	case lockstep.DeployOnRelease:
		r, err := tx.Release(env.ProjectID, "latest")
		if lockstep.CodeOf(err) == lockstep.CodeNotFound {
			return "", nil
		}
		return r.Version, err
	case lockstep.DeployWhenProved:
		p, err := tx.Project(env.Project)
		if err != nil {
			return "", err
		}
		before, _ := lockstep.StageBefore(p.Pipeline, env.Name)
		if before == "" {
			return "", nil
		}
		source, err := tx.Environment(p.ID, before)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound || err == nil && source.ActiveID == "" {
			return "", nil
		}
		return source.Metadata.Version, err
	}
	return "", nil
}
