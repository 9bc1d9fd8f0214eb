package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// Gate asks the gate again, for the worker that has claimed an operation and
// is about to plan it: between the request and now the environment may have
// been archived, or have come to require an approval.
func (c *Control) Gate(ctx context.Context, claimed lockstep.Claimed) error {
	answer, err := view(ctx, c, func(tx Tx) (policy.Answer, error) {
		q, err := c.facts(tx, policy.Retire, claimed.Operation.CreatedBy, claimed.Environment)
		if err != nil {
			return policy.Answer{}, err
		}
		q.Claimed = true
		switch claimed.Operation.Kind {
		case lockstep.OperationRetire:
		case lockstep.OperationDestroy:
			q.Action = policy.Destroy
		case lockstep.OperationDeploy:
			d := claimed.Deployment
			q.Action, q.Strategy, q.Recipe, q.Approver, q.Deployment = action(*d), d.Strategy, d.Recipe, d.ApprovedBy, d
			revision, err := tx.Revision(d.RevisionID)
			if err != nil {
				return policy.Answer{}, err
			}
			q.Target, q.TargetID, q.Reason = &revision.Content, revision.ID, d.Reason
			q.Force = d.Forced
			if q.Gone, err = goneSecrets(tx, revision.Content); err != nil {
				return policy.Answer{}, err
			}
			if q.Action != policy.Rollback {
				if q.Proofs, err = c.proofs(tx, claimed.Environment, revision.Content.Release, q.Now); err != nil {
					return policy.Answer{}, err
				}
			}
			if q.Quarantine, err = quarantine(tx, q, revision.Hash); err != nil {
				return policy.Answer{}, err
			}
		case lockstep.OperationSwitch:
			if q, err = c.switchQuestion(tx, claimed.Operation.CreatedBy, claimed.Environment); err != nil {
				return policy.Answer{}, err
			}
			sw := claimed.Operation.Switch
			q.Claimed, q.Live.Want, q.Live.Drill, q.Reason, q.Approver = true, sw, sw.Drill, sw.Reason, sw.ApprovedBy
			// Readiness is its first step's to prove.
		case lockstep.OperationStart:
			q.Action = policy.Start
			if q.Gone, err = goneActive(tx, claimed.Environment); err != nil {
				return policy.Answer{}, err
			}
		case lockstep.OperationScale:
			q.Action = policy.Scale
			if q.Gone, err = goneToScale(tx, claimed.Environment, claimed.Operation.Replicas); err != nil {
				return policy.Answer{}, err
			}
		case lockstep.OperationEnableService:
			q.Action, q.Service = policy.EnableService, claimed.Operation.Service
			if q.Gone, err = goneToEnable(tx, claimed.Environment, q.Service); err != nil {
				return policy.Answer{}, err
			}
		default:
			q.Action, q.Service = policy.Action(claimed.Operation.Kind), claimed.Operation.Service
		}
		return policy.Decide(q), nil
	})
	if err != nil {
		return err
	}
	return answer.Err()
}

// action is what a stored deployment asked the gate for.
func action(d lockstep.Deployment) policy.Action {
	if d.RollbackOf != "" {
		return policy.Rollback
	}
	if d.PromotedFrom != nil {
		return policy.Promote
	}
	return policy.Deploy
}
