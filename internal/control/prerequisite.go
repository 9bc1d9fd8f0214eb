package control

import (
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// proofPages is how much of an environment's history is read for a proof:
// what a release did before the latest thousand deployments counts no more.
const proofPages = 5

// proofs are how a release has done, or will have at a moment to come, in the
// prerequisites of an environment.
func (c *Control) proofs(tx Tx, env lockstep.Environment, release string, at time.Time) ([]policy.Proof, error) {
	wanted := env.Spec.Prerequisites
	if len(wanted.Environments) == 0 && wanted.Soak == 0 {
		return nil, nil
	}
	p, err := tx.Project(env.Project)
	if err != nil {
		return nil, err
	}
	var out []policy.Proof
	for _, name := range wanted.In(p.Pipeline, env.Name) {
		source, err := tx.Environment(p.ID, name)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound {
			out = append(out, policy.Proof{Environment: name}) // destroyed since: nothing has run there
			continue
		}
		if err != nil {
			return nil, err
		}
		all, err := deploymentsOf(tx, source.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, policy.Prove(source, all, release, at))
	}
	return out, nil
}

func deploymentsOf(tx Tx, environmentID string) ([]lockstep.Deployment, error) {
	var all []lockstep.Deployment
	page := lockstep.Page{Limit: 200}
	for range proofPages {
		list, next, err := tx.Deployments(lockstep.DeploymentFilter{EnvironmentID: environmentID}, page)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		if next == "" {
			break
		}
		page.Cursor = next
	}
	return all, nil
}
