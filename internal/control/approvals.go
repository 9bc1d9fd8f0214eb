package control

import (
	"cmp"
	"context"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// Approvals are what waits for somebody's word in a project, or in one of its
// environments, the oldest first; and whether whoever asks may give it.
func (c *Control) Approvals(ctx context.Context, by By, projectName, environmentRef string) ([]lockstep.Approval, error) {
	return view(ctx, c, func(tx Tx) ([]lockstep.Approval, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return nil, err
		}
		only := ""
		if environmentRef != "" {
			env, err := environment(tx, projectName, environmentRef)
			if err != nil {
				return nil, err
			}
			only, p.ID = env.ID, env.ProjectID
		}
		open, err := tx.ProjectOperations(p.ID)
		if err != nil {
			return nil, err
		}
		steps, err := tx.RunningSteps(p.ID)
		if err != nil {
			return nil, err
		}
		all, err := c.approvals(tx, by, p, open, steps)
		return slices.DeleteFunc(all, func(a lockstep.Approval) bool { return only != "" && a.EnvironmentID != only }), err
	})
}

func (c *Control) approvals(tx Tx, by By, p lockstep.Project, open []lockstep.Operation, steps map[string][]lockstep.Step) ([]lockstep.Approval, error) {
	out := []lockstep.Approval{}
	var waiting []lockstep.Operation
	var ids []string
	for _, o := range open {
		o.Steps = steps[o.ID]
		if o.Status == lockstep.StatusPendingApproval || !o.CancelRequested && o.Waiting(lockstep.StepApprove) != nil {
			waiting, ids = append(waiting, o), append(ids, o.ID)
		}
	}
	if len(waiting) == 0 {
		return out, nil
	}
	s := storyteller{deployments: map[string]lockstep.Deployment{}}
	deployments, err := tx.DeploymentsOf(ids)
	if err != nil {
		return nil, err
	}
	for _, d := range deployments {
		s.deployments[d.ID] = d
	}
	if s.names, err = tx.EnvironmentNames(p.ID); err != nil {
		return nil, err
	}
	for _, o := range waiting {
		a := s.approval(o)
		q := policy.Question{Action: policy.Approve, Actor: by.Actor, Now: c.now(), Operation: &o}
		if d, ok := s.deployments[o.ID]; ok {
			q.Deployment = &d
		}
		answer := policy.Decide(q)
		if a.MayApprove = answer.Allowed; !a.MayApprove {
			a.WhyNot = answer.String()
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(a, b lockstep.Approval) int {
		return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.OperationID, b.OperationID))
	})
	return out, nil
}

func (s storyteller) approval(o lockstep.Operation) lockstep.Approval {
	a := lockstep.Approval{
		OperationID: o.ID, Kind: o.Kind, EnvironmentID: o.EnvironmentID, Environment: s.names[o.EnvironmentID], Text: acting(s.about(o)),
		AskedBy: o.CreatedBy, Since: o.CreatedAt, Until: o.NotAfter, ScheduledFor: o.ScheduledFor,
		WaitsFor: "an approval before it begins",
	}
	if d, ok := s.deployments[o.ID]; ok {
		a.Version, a.Strategy, a.RevisionHash, a.Description, a.Reason = d.Version, d.Strategy, d.RevisionHash, d.Description, d.Reason
	}
	if o.Switch != nil {
		a.Version, a.RevisionHash, a.Reason = o.Switch.Version, o.Switch.RevisionHash, o.Switch.Reason
	}
	if step := o.Waiting(lockstep.StepApprove); step != nil {
		a.Step, a.WaitsFor = step.Seq, cmp.Or(step.Do.Message, "an approval at step "+step.Name)
		if step.StartedAt != nil {
			a.Since = *step.StartedAt
		}
		a.Until = nil
		if until, bounded := step.Until(); bounded {
			a.Until = &until
		}
	}
	return a
}
