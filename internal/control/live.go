package control

import (
	"context"
	"sync"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// sighting is an environment as its host sees it, before anything is decided.
type sighting struct {
	env    lockstep.Environment
	active *lockstep.Revision
	seen   Observation
	unseen string
}

func (c *Control) sight(ctx context.Context, project, environmentRef string) (sighting, error) {
	l, err := view(ctx, c, func(tx Tx) (sighting, error) {
		env, err := environment(tx, project, environmentRef)
		if err != nil {
			return sighting{}, err
		}
		return serves(tx, env)
	})
	if err == nil && l.active != nil {
		l.seen, l.unseen = c.observe(ctx, l.env)
	}
	return l, err
}

func serves(tx Tx, env lockstep.Environment) (sighting, error) {
	l := sighting{env: env}
	if id := env.ServingID(); id != "" {
		active, err := tx.Revision(id)
		if err != nil {
			return l, err
		}
		l.active = &active
	}
	return l, nil
}

// judge adds what was seen to a question. Where another revision serves by
// now, what was seen is of no use: its services count as missing.
func (l sighting) judge(q policy.Question, wanted map[string]int) error {
	if l.active == nil {
		return nil
	}
	q.Live.Seen, q.Live.Unseen = true, l.unseen
	if q.Environment.ActiveID != l.active.ID {
		q.Live.Unseen = "another revision runs there by now: look again"
	}
	if q.Live.Unseen != "" {
		return nil
	}
	var err error
	q.Live.Unready, err = l.active.Content.Unready(l.seen.Instances, func(service string) int {
		if n, ok := wanted[service]; ok {
			return n
		}
		return q.Environment.ReplicasOf(service)
	})
	return err
}

// wanted is how many instances of each service of what serves should be ready:
// what was deployed, or scaled since, and not what is only recorded.
func (c *Control) wanted(tx Tx, env lockstep.Environment) (map[string]int, error) {
	r := recorded{env: env}
	if env.ServingID() == "" {
		return nil, nil
	}
	active, err := tx.Revision(env.ServingID())
	if err != nil {
		return nil, err
	}
	if r.started, err = started(tx, env.ID); err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, s := range active.Content.Services {
		out[s.Name] = r.deployed(s.Name)
	}
	return out, nil
}

// Live is who has a project's live address, and whether each environment that
// something was ever deployed to could take it over now. The answer is that of
// a switch, for the same reasons.
func (c *Control) Live(ctx context.Context, by By, projectName string) (lockstep.Live, error) {
	type candidate struct {
		sighting
		question policy.Question
		wanted   map[string]int
	}
	var out lockstep.Live
	all, err := view(ctx, c, func(tx Tx) ([]candidate, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return nil, err
		}
		out = lockstep.Live{
			Project: p.Name, Host: lockstep.LiveHost(p.Name), Epoch: p.CurrentEpoch,
			Since: p.CurrentSince, By: p.CurrentBy, Others: []lockstep.Takeover{},
		}
		open, err := tx.OpenSwitch(p.ID)
		if err != nil {
			return nil, err
		}
		if open != nil {
			r := open.SwitchResult()
			out.Switching = &r
		}
		if out.Adrift, err = adrift(tx, p.ID); err != nil {
			return nil, err
		}
		environments, err := tx.Environments(p.ID)
		if err != nil {
			return nil, err
		}
		var all []candidate
		for _, env := range environments {
			if env.ID == p.CurrentID {
				out.Environment = &env
				continue
			}
			if env.ActiveID == "" && env.Type != lockstep.TypeProduction {
				continue
			}
			a := candidate{}
			if a.sighting, err = serves(tx, env); err != nil {
				return nil, err
			}
			if a.question, err = c.switchQuestion(tx, by.Actor, env); err != nil {
				return nil, err
			}
			if a.wanted, err = c.wanted(tx, env); err != nil {
				return nil, err
			}
			all = append(all, a)
		}
		return all, nil
	})
	if err != nil {
		return lockstep.Live{}, err
	}
	var looking sync.WaitGroup
	for i := range all {
		if all[i].active != nil {
			looking.Go(func() { all[i].seen, all[i].unseen = c.observe(ctx, all[i].env) })
		}
	}
	looking.Wait()
	for _, a := range all {
		if err := a.judge(a.question, a.wanted); err != nil {
			return lockstep.Live{}, err
		}
		out.Others = append(out.Others, takeover(a.question))
	}
	return out, nil
}

func takeover(q policy.Question) lockstep.Takeover {
	answer, env := policy.Decide(q), q.Environment
	t := lockstep.Takeover{EnvironmentID: env.ID, Environment: env.Name, Version: env.Metadata.Version, Ready: answer.Allowed}
	for _, r := range answer.Reasons {
		if !answer.Allowed {
			t.Reasons = append(t.Reasons, r.Message)
		}
	}
	return t
}

// observer asks in nobody's name whether a switch would be let in.
const observer = "status"

func (r recorded) takesOver(seen Observation, unreachable string) (*lockstep.Takeover, error) {
	if r.takeover == nil {
		return nil, nil
	}
	s, wanted := sighting{env: r.env, seen: seen, unseen: unreachable}, map[string]int{}
	if r.env.ServingID() != "" {
		s.active = r.active
	}
	for _, service := range r.active.Content.Services {
		wanted[service.Name] = r.deployed(service.Name)
	}
	if err := s.judge(*r.takeover, wanted); err != nil {
		return nil, err
	}
	t := takeover(*r.takeover)
	return &t, nil
}
