package strategy

import (
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// model is an environment small enough to check every rule after each step:
// groups run and are healthy or not, requests lead to one revision or to
// nothing, or wait.
type model struct {
	env       lockstep.Environment
	revisions map[string]lockstep.Revision
	active    string
	warm      string
	prepared  map[string]bool // revisions
	running   map[string]bool // groups
	healthy   map[string]bool // groups
	traffic   string          // revision; "" nothing
	held      bool
}

func newModel(env lockstep.Environment, revisions ...lockstep.Revision) *model {
	m := &model{
		env: env, revisions: map[string]lockstep.Revision{}, prepared: map[string]bool{},
		running: map[string]bool{}, healthy: map[string]bool{},
	}
	for _, r := range revisions {
		m.revisions[r.ID] = r
	}
	return m
}

func (m *model) groups(revision string) []lockstep.Group {
	groups, err := m.revisions[revision].Content.Groups()
	if err != nil {
		panic(err)
	}
	return groups
}

func (m *model) revision(id string) *lockstep.Revision {
	if id == "" {
		return nil
	}
	r := m.revisions[id]
	return &r
}

func (m *model) snapshot(target string) Snapshot {
	s := Snapshot{Environment: m.env, Target: m.revisions[target], Active: m.revision(m.active), Warm: m.revision(m.warm)}
	if m.traffic != "" {
		s.Serving = []lockstep.Revision{m.revisions[m.traffic]}
	}
	for id := range m.running {
		s.Running = append(s.Running, id)
		if m.healthy[id] {
			s.Ready = append(s.Ready, id)
		}
	}
	slices.Sort(s.Running)
	slices.Sort(s.Ready)
	return s
}

func (m *model) wanted(service string) int {
	if n, ok := m.env.Spec.Replicas[service]; ok {
		return n
	}
	return 1
}

// whole says that every group of the revision that should run does and was
// seen healthy.
func (m *model) whole(revision string) error {
	for _, g := range m.groups(revision) {
		if m.wanted(g.Service) > 0 && !(m.running[g.ID] && m.healthy[g.ID]) {
			return fmt.Errorf("%s of revision %s: running %v, seen healthy %v", g.ID, revision, m.running[g.ID], m.healthy[g.ID])
		}
	}
	return nil
}

// apply does what a step says and reports the first rule that it breaks.
func (m *model) apply(step lockstep.Step) error {
	switch step.Kind {
	case lockstep.StepPrepare:
		m.prepared[step.Do.Revision] = true
	case lockstep.StepStart:
		return m.start(step)
	case lockstep.StepAwaitHealthy:
		if step.Do.Replicas > 0 && !m.running[step.Do.Group] {
			return fmt.Errorf("waits for %s, which nobody started", step.Do.Group)
		}
		m.healthy[step.Do.Group] = m.running[step.Do.Group]
	case lockstep.StepStop:
		return m.stop(step)
	case lockstep.StepHold:
		m.held = true
	case lockstep.StepShiftTraffic:
		m.held, m.traffic = false, step.Do.Revision
		if m.traffic != "" {
			return m.whole(m.traffic)
		}
	case lockstep.StepVerify:
		return m.whole(step.Do.Revision)
	case lockstep.StepKeepWarm:
		return m.whole(step.Do.Revision)
	case lockstep.StepRemove:
		if len(m.running) > 0 || m.traffic != "" {
			return fmt.Errorf("removes an environment in which %v run", m.running)
		}
	case lockstep.StepDrain:
	}
	return nil
}

func (m *model) start(step lockstep.Step) error {
	if !m.prepared[step.Do.Revision] {
		return fmt.Errorf("starts %s before revision %s is prepared", step.Do.Group, step.Do.Revision)
	}
	if step.Do.Replicas == 0 || m.healthy[step.Do.Group] {
		return nil
	}
	for _, g := range m.groups(step.Do.Revision) {
		if g.ID != step.Do.Group {
			continue
		}
		for service, dep := range g.DependsOn {
			if m.wanted(service) > 0 && !(m.running[dep] && m.healthy[dep]) {
				return fmt.Errorf("starts %s before %s is healthy", g.ID, dep)
			}
		}
	}
	m.running[step.Do.Group], m.healthy[step.Do.Group] = true, false
	return nil
}

// halfStop leaves some instances of the groups.
func (m *model) halfStop(step lockstep.Step) {
	for _, id := range step.Do.Groups {
		m.healthy[id] = false
	}
}

func (m *model) stop(step lockstep.Step) error {
	for _, id := range step.Do.Groups {
		if m.traffic != "" && !m.held && contains(m.groups(m.traffic), id) {
			return fmt.Errorf("stops %s, to which requests lead", id)
		}
		for _, known := range []string{m.traffic, m.active, m.warm} {
			if known == "" {
				continue
			}
			for _, g := range m.groups(known) {
				for _, dep := range g.DependsOn {
					if dep == id && m.running[g.ID] {
						return fmt.Errorf("stops %s while %s depends on it", id, g.ID)
					}
				}
			}
		}
		delete(m.running, id)
		delete(m.healthy, id)
	}
	return nil
}
