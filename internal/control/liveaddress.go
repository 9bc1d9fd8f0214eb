package control

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// takeoverFacts is what is stored of an environment that could get its
// project's live address: what a switch to it is judged by, without a look at
// what runs.
type takeoverFacts struct {
	env         lockstep.Environment
	project     lockstep.Project
	from        *lockstep.Environment // current; nil: none
	open        []lockstep.Operation  // of env
	switching   *lockstep.Operation
	active      *lockstep.Revision    // env's; nil: none
	quarantined []lockstep.Quarantine // of the project
}

// switchQuestion asks whether the live address of an environment's project may
// lead to it.
func (c *Control) switchQuestion(tx Tx, actor string, env lockstep.Environment) (policy.Question, error) {
	f := takeoverFacts{env: env}
	var err error
	if f.project, err = tx.Project(env.Project); err != nil {
		return policy.Question{}, err
	}
	if id := f.project.CurrentID; id != "" {
		from, err := tx.Environment(f.project.ID, id)
		if err != nil {
			return policy.Question{}, err
		}
		f.from = &from
	}
	if f.open, err = tx.OpenOperations(env.ID); err != nil {
		return policy.Question{}, err
	}
	if f.switching, err = tx.OpenSwitch(f.project.ID); err != nil {
		return policy.Question{}, err
	}
	if env.ActiveID != "" {
		active, err := tx.Revision(env.ActiveID)
		if err != nil {
			return policy.Question{}, err
		}
		f.active = &active
	}
	if f.quarantined, err = tx.Quarantines(f.project.ID, ""); err != nil {
		return policy.Question{}, err
	}
	q := c.takeoverQuestion(actor, f)
	if f.active != nil {
		q.Gone, err = goneToSwitch(tx, env, *f.active)
	}
	return q, err
}

func (c *Control) takeoverQuestion(actor string, f takeoverFacts) policy.Question {
	q := c.asked(policy.Switch, actor, f.env, f.open)
	q.Live = &policy.LiveAddress{Project: f.project, From: f.from, Switching: f.switching}
	if f.active == nil {
		return q
	}
	q.Target = &f.active.Content
	// What speaks against the release that runs in the target: it was rolled
	// back there, or where users are now.
	for _, place := range []*lockstep.Environment{&f.env, f.from} {
		if place == nil || q.Quarantine != nil {
			continue
		}
		there := slices.DeleteFunc(slices.Clone(f.quarantined), func(found lockstep.Quarantine) bool { return found.EnvironmentID != place.ID })
		q.Quarantine = keptOut(q, there, f.active.Hash)
	}
	return q
}

// projectFacts are those of all environments of a project, read with as many
// queries for a hundred of them as for two.
type projectFacts struct {
	project      lockstep.Project
	environments []lockstep.Environment
	switching    *lockstep.Operation
	waiting      []lockstep.Operation // switches that wait for an approval
	open         map[string][]lockstep.Operation
	revisions    map[string]lockstep.Revision // those that are active
	started      map[string]map[string]int
	quarantined  []lockstep.Quarantine
}

func readProject(tx Tx, p lockstep.Project) (f projectFacts, err error) {
	f = projectFacts{project: p, open: map[string][]lockstep.Operation{}, revisions: map[string]lockstep.Revision{}}
	if f.environments, err = tx.Environments(p.ID); err != nil {
		return f, err
	}
	if f.switching, err = tx.OpenSwitch(p.ID); err != nil {
		return f, err
	}
	if f.waiting, err = tx.WaitingSwitches(p.ID); err != nil {
		return f, err
	}
	open, err := tx.ProjectOperations(p.ID)
	if err != nil {
		return f, err
	}
	for _, o := range open {
		f.open[o.EnvironmentID] = append(f.open[o.EnvironmentID], o)
	}
	var active []string
	for _, env := range f.environments {
		if env.ActiveID != "" {
			active = append(active, env.ActiveID)
		}
	}
	revisions, err := tx.Revisions(active)
	if err != nil {
		return f, err
	}
	for _, r := range revisions {
		f.revisions[r.ID] = r
	}
	if f.started, err = tx.Started(p.ID); err != nil {
		return f, err
	}
	f.quarantined, err = tx.Quarantines(p.ID, "")
	return f, err
}

// current is nil where there is none.
func (f projectFacts) current() *lockstep.Environment { return f.environment(f.project.CurrentID) }

func (f projectFacts) environment(id string) *lockstep.Environment {
	i := slices.IndexFunc(f.environments, func(e lockstep.Environment) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return &f.environments[i]
}

func (f projectFacts) takeover(env lockstep.Environment) takeoverFacts {
	t := takeoverFacts{
		env: env, project: f.project, from: f.current(), open: f.open[env.ID], switching: f.switching, quarantined: f.quarantined,
	}
	if active, ok := f.revisions[env.ActiveID]; ok {
		t.active = &active
	}
	return t
}
