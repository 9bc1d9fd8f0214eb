package control

import (
	"context"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// Promote asks for the release that runs in one environment to be deployed to
// another, under that one's own configuration. Where the release has not
// proved itself there the gate refuses, unless it is forced with a reason.
func (c *Control) Promote(ctx context.Context, by By, project, environmentRef string, req lockstep.PromotionRequest) (lockstep.Deployment, error) {
	l := c.look(ctx, project, environmentRef, req.From)
	return change(ctx, c, by, "promote", []any{project, environmentRef, req}, func(tx Tx) (lockstep.Deployment, error) {
		d, err := c.draftPromotion(tx, by, project, environmentRef, req, l)
		if err != nil {
			return lockstep.Deployment{}, err
		}
		return c.record(tx, by, d)
	})
}

// PreviewPromote says what Promote would do.
func (c *Control) PreviewPromote(ctx context.Context, by By, project, environmentRef string, req lockstep.PromotionRequest) (DeploymentPreview, error) {
	l := c.look(ctx, project, environmentRef, req.From)
	return view(ctx, c, func(tx Tx) (DeploymentPreview, error) {
		d, err := c.draftPromotion(tx, by, project, environmentRef, req, l)
		if err != nil {
			return DeploymentPreview{}, err
		}
		return d.preview(tx)
	})
}

// looked is what was seen of an environment before the transaction.
type looked struct {
	environmentID string
	seen          Observation
	unseen        string // why nothing was
}

// look observes the environment that a release is promoted from. What is
// wrong with the request the transaction says, where it is not answered from
// its key.
func (c *Control) look(ctx context.Context, project, environmentRef, from string) looked {
	env, err := view(ctx, c, func(tx Tx) (lockstep.Environment, error) {
		target, err := environment(tx, project, environmentRef)
		if err != nil {
			return target, err
		}
		_, source, err := upstream(tx, target, from)
		return source, err
	})
	if err != nil {
		return looked{}
	}
	l := looked{environmentID: env.ID}
	l.seen, l.unseen = c.observe(ctx, env)
	return l
}

func (c *Control) draftPromotion(tx Tx, by By, project, environmentRef string, req lockstep.PromotionRequest, l looked) (draft, error) {
	req.Reason = strings.TrimSpace(req.Reason)
	if err := checkForce(req); err != nil {
		return draft{}, err
	}
	target, err := environment(tx, project, environmentRef)
	if err != nil {
		return draft{}, err
	}
	p, source, err := upstream(tx, target, req.From)
	if err != nil {
		return draft{}, err
	}
	up, version, err := c.proved(tx, source, l)
	if err != nil {
		return draft{}, err
	}
	up.Pipeline = p.Pipeline
	d, err := c.draftAs(tx, by, target, req.Deployment(version), func(q *policy.Question) {
		q.Action, q.Upstream = policy.Promote, &up
	})
	d.deployment.PromotedFrom = &lockstep.Promotion{Environment: source.Name}
	if up.Deployment != nil {
		d.deployment.PromotedFrom.DeploymentID = up.Deployment.ID
	}
	return d, err
}

// checkForce: a force without a reason could not be explained to anybody
// later, and a reason without a force would promise what it does not do.
func checkForce(req lockstep.PromotionRequest) error {
	switch {
	case req.Force && req.Reason == "":
		return lockstep.Invalid("reason", "a forced promotion needs a reason (--reason): it is kept with the deployment")
	case !req.Force && req.Reason != "":
		return lockstep.Invalid("force", "a reason goes with a force (--force): without one it changes nothing")
	}
	return nil
}

// upstream is the environment that a promotion to target comes from, and
// their project.
func upstream(tx Tx, target lockstep.Environment, from string) (lockstep.Project, lockstep.Environment, error) {
	p, err := tx.Project(target.Project)
	if err != nil {
		return p, lockstep.Environment{}, err
	}
	if from == "" {
		if from, _ = lockstep.StageBefore(p.Pipeline, target.Name); from == "" {
			return p, lockstep.Environment{}, lockstep.Invalid("from", "no stage of the pipeline comes before %s: name the environment to promote from", target.Name)
		}
	}
	source, err := environment(tx, target.Project, from)
	if err == nil && source.ID == target.ID {
		err = lockstep.Invalid("from", "%s cannot be promoted to itself: name another environment to promote from", target.Name)
	}
	return p, source, err
}

// proved is what speaks for the release that runs in an environment, and its
// version: empty where nothing runs.
func (c *Control) proved(tx Tx, source lockstep.Environment, l looked) (policy.Upstream, string, error) {
	up := policy.Upstream{Environment: source, Unseen: l.unseen}
	if l.environmentID != source.ID {
		up.Unseen = "it was not looked at: ask again"
	}
	if latest, err := tx.LatestDeployment(source.ID); err == nil {
		up.Deployment = &latest
	} else if lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return up, "", err
	}
	r, err := c.recorded(tx, source)
	if err != nil || r.active == nil {
		return up, "", err
	}
	up.Health = r.readiness(l.seen, up.Unseen == "")
	return up, r.active.Content.Release, nil
}

// readiness is what speaks for a release: its instances. A dependency that
// fails is no fault of what is promoted.
func (r recorded) readiness(from Observation, seen bool) lockstep.HealthSummary {
	var h lockstep.HealthSummary
	for _, s := range r.services(from.Instances) {
		h.Desired += s.Desired
		h.Ready += min(s.Ready, s.Desired)
	}
	if h.Status = lockstep.WellIdle; r.env.StoppedAt == nil {
		h.Status = h.InOneWord(nil, seen)
	}
	return h
}
