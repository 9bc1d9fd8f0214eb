package control

import (
	"context"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// aroundDeployment is how much of the time before and after a deployment
// belongs to its picture.
const aroundDeployment = 5 * time.Minute

// Progress is how a deployment came in: shares over time, and the figures of
// the revisions side by side. Of one that has not begun there are none yet.
func (c *Control) Progress(ctx context.Context, id string) (lockstep.DeploymentProgress, error) {
	var env lockstep.Environment
	var revisions []lockstep.Revision
	d, err := view(ctx, c, func(tx Tx) (d lockstep.Deployment, err error) {
		if d, err = tx.Deployment(id); err != nil {
			return d, err
		}
		if revisions, err = tx.Revisions(mentioned(d)); err != nil || d.EnvironmentID == "" {
			return d, err
		}
		env, err = tx.Environment("", d.EnvironmentID)
		return d, err
	})
	if err != nil {
		return lockstep.DeploymentProgress{}, err
	}
	now := c.now()
	out := lockstep.DeploymentProgress{
		DeploymentID: d.ID, Environment: d.Environment, Status: d.Status, From: d.CreatedAt, Until: now,
		Weights: []lockstep.WeightsAt{}, Revisions: []lockstep.RevisionSeries{}, Held: heldFor(d.Steps),
	}
	if d.StartedAt == nil {
		return out, nil
	}
	out.From = d.StartedAt.Add(-aroundDeployment)
	if d.CompletedAt != nil && d.CompletedAt.Add(aroundDeployment).Before(now) {
		out.Until = d.CompletedAt.Add(aroundDeployment)
	}
	out.Weights = weights(d, revisions)
	if env.ID == "" {
		out.Unknown = "the environment was destroyed, and its figures with it"
		return out, nil
	}
	w, err := MetricsQuery{From: out.From, Until: out.Until, By: "revision"}.window(now)
	if err != nil { // too long ago: the shares are known all the same
		out.Unknown = "figures are kept for 30 days"
		return out, nil //nolint:nilerr // said above
	}
	m, err := c.measure(ctx, env, w, c.elsewhere(env), true)
	out.From, out.Until, out.Step, out.Unknown = m.From, m.Until, m.Step, m.Unknown
	for _, s := range m.By {
		if s.Total.Requests > 0 || s.Key == d.RevisionID || s.Key == d.PreviousRevisionID {
			out.Revisions = append(out.Revisions, lockstep.RevisionSeries{MetricSeries: s, Role: roleIn(d, s.Key)})
		}
	}
	order := lockstep.RevisionRoles()
	slices.SortStableFunc(out.Revisions, func(a, b lockstep.RevisionSeries) int {
		return slices.Index(order, a.Role) - slices.Index(order, b.Role)
	})
	return out, err
}

func roleIn(d lockstep.Deployment, revision string) lockstep.RevisionRole {
	switch revision {
	case d.RevisionID:
		return lockstep.RevisionNew
	case d.PreviousRevisionID:
		return lockstep.RevisionOld
	}
	return lockstep.RevisionOther
}

// mentioned are the revisions that a deployment's steps lead requests to.
func mentioned(d lockstep.Deployment) []string {
	ids := []string{d.RevisionID}
	if d.PreviousRevisionID != "" {
		ids = append(ids, d.PreviousRevisionID)
	}
	for _, s := range d.Steps {
		for _, split := range s.Do.Splits {
			ids = append(ids, split.Revision)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// weights are the shares that a deployment's steps gave, as far as they were
// carried out. A step that failed may have moved requests or not: what follows
// it says where they are.
func weights(d lockstep.Deployment, revisions []lockstep.Revision) []lockstep.WeightsAt {
	shares := func(splits []lockstep.Split) []lockstep.WeightShare {
		out, sum := []lockstep.WeightShare{}, 0
		for _, s := range splits {
			sum += s.Weight
		}
		for _, s := range splits {
			if s.Weight == 0 {
				continue
			}
			share := lockstep.WeightShare{RevisionID: s.Revision, Role: roleIn(d, s.Revision), Percent: 100 * float64(s.Weight) / float64(sum)}
			if i := slices.IndexFunc(revisions, func(r lockstep.Revision) bool { return r.ID == s.Revision }); i >= 0 {
				share.Hash, share.Version = lockstep.ShortHash(revisions[i].Hash), revisions[i].Content.Release
			}
			out = append(out, share)
		}
		return out
	}
	before, served := []lockstep.Split{}, d.PreviousRevisionID
	if d.ServedRevisionID != nil { // also where it was stopped, or is deployed again
		served = *d.ServedRevisionID
	}
	if served != "" {
		before = append(before, lockstep.Split{Revision: served, Weight: 1})
	}
	out := []lockstep.WeightsAt{{At: *d.StartedAt, Shares: shares(before)}}
	for _, s := range d.Steps {
		switch {
		case s.Kind == lockstep.StepShiftTraffic && s.Status == lockstep.StepCompleted && s.CompletedAt != nil:
			out = append(out, lockstep.WeightsAt{At: *s.CompletedAt, Step: s.Seq, Name: s.Name, Phase: s.Phase, Shares: shares(s.Do.Splits)})
		case s.Kind == lockstep.StepHold && s.Status == lockstep.StepCompleted && s.CompletedAt != nil:
			out = append(out, lockstep.WeightsAt{At: *s.CompletedAt, Step: s.Seq, Name: s.Name, Phase: s.Phase, Shares: []lockstep.WeightShare{}})
		}
	}
	return out
}
