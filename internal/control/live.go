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
	if env.ServingID() == "" {
		return nil, nil
	}
	active, err := tx.Revision(env.ServingID())
	if err != nil {
		return nil, err
	}
	began, err := started(tx, env.ID)
	return wantedOf(env, active, began), err
}

func wantedOf(env lockstep.Environment, active lockstep.Revision, started map[string]int) map[string]int {
	r, out := recorded{env: env, started: started}, map[string]int{}
	for _, s := range active.Content.Services {
		if env.Enabled(s.Name) { // what is enabled until a switch's turn comes has its recorded number
			out[s.Name] = r.deployed(s.Name)
		}
	}
	return out
}

// contender is an environment that could take the live address over.
type contender struct {
	sighting
	question policy.Question
	wanted   map[string]int
}

// Live is who has a project's live address, and whether each environment that
// something was ever deployed to could take it over now. The answer is that of
// a switch, for the same reasons.
func (c *Control) Live(ctx context.Context, by By, projectName string) (lockstep.Live, error) {
	f, err := view(ctx, c, func(tx Tx) (projectFacts, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return projectFacts{}, err
		}
		return readProject(tx, p)
	})
	if err != nil {
		return lockstep.Live{}, err
	}
	out := f.live()
	all := c.contenders(by.Actor, f)
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

// live is what the store says, without the others.
func (f projectFacts) live() lockstep.Live {
	p := f.project
	out := lockstep.Live{
		Project: p.Name, Host: lockstep.LiveHost(p.Name), Epoch: p.CurrentEpoch, Environment: f.current(),
		Since: p.CurrentSince, By: p.CurrentBy, Adrift: p.AdriftID != "", Others: []lockstep.Takeover{},
	}
	if to := f.environment(p.AdriftID); to != nil {
		out.AdriftTo = to.Name
	}
	if f.switching != nil {
		r := f.switching.SwitchResult()
		out.Switching = &r
	}
	for _, o := range f.waiting {
		out.Waiting = append(out.Waiting, o.SwitchResult())
	}
	return out
}

func (c *Control) contenders(actor string, f projectFacts) []contender {
	var all []contender
	for _, env := range f.environments {
		if env.ID == f.project.CurrentID || env.ActiveID == "" && env.Type != lockstep.TypeProduction {
			continue
		}
		a := contender{sighting: sighting{env: env}, question: c.takeoverQuestion(actor, f.takeover(env))}
		if active, ok := f.revisions[env.ServingID()]; ok {
			a.active, a.wanted = &active, wantedOf(env, active, f.started[env.ID])
		}
		all = append(all, a)
	}
	return all
}

func takeover(q policy.Question) lockstep.Takeover {
	answer, env := policy.Decide(q), q.Environment
	t := lockstep.Takeover{EnvironmentID: env.ID, Environment: env.Name, Version: env.Metadata.Version, Ready: answer.Allowed, NeedsApproval: answer.RequiresApproval}
	if q.Target != nil {
		t.Disabled = q.Target.Off(*env)
	}
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
