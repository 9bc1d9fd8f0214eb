package strategy

import (
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// model is an environment small enough to check every rule after each step:
// groups have instances, of which some were seen healthy; requests lead to
// revisions or to nothing, or wait.
type model struct {
	env       lockstep.Environment
	revisions map[string]lockstep.Revision
	active    string
	stopped   bool // the active revision does not run
	warm      string
	warmAsWas bool            // the warm side keeps the numbers of before a scale, or lacks a service, until a rollback
	prepared  map[string]bool // revisions
	running   map[string]int  // instances of groups; none is no entry
	healthy   map[string]int  // of these
	splits    []lockstep.Split
	held      bool
	off       []string     // services whose requests the router answers
	forced    bool         // what depends on a service may run without it
	rule      func() error // of the plan that is carried out, beside those of all
}

func newModel(env lockstep.Environment, revisions ...lockstep.Revision) *model {
	m := &model{
		env: env, revisions: map[string]lockstep.Revision{}, prepared: map[string]bool{},
		running: map[string]int{}, healthy: map[string]int{},
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
	s := Snapshot{Environment: m.env, Target: m.revisions[target], Active: m.revision(m.serving()), Warm: m.revision(m.warm)}
	s.Splits = m.splits
	for _, id := range m.served() {
		s.Serving = append(s.Serving, m.revisions[id])
	}
	for id := range m.running {
		s.Running = append(s.Running, id)
	}
	for _, r := range m.revisions {
		for _, g := range m.groups(r.ID) {
			if n := m.wanted(g.Service); n > 0 && m.healthy[g.ID] >= n && !slices.Contains(s.Ready, g.ID) {
				s.Ready = append(s.Ready, g.ID)
			}
		}
	}
	slices.Sort(s.Running)
	slices.Sort(s.Ready)
	return s
}

// serving is the revision that should run, "" for none.
func (m *model) serving() string {
	if m.stopped {
		return ""
	}
	return m.active
}

func (m *model) wanted(service string) int {
	if slices.Contains(m.env.Disabled, service) {
		return 0
	}
	if n, ok := m.env.Spec.Replicas[service]; ok {
		return n
	}
	return 1
}

// served are the revisions that requests lead to.
func (m *model) served() []string {
	var out []string
	for _, split := range m.splits {
		if split.Weight > 0 {
			out = append(out, split.Revision)
		}
	}
	return out
}

// onlyServes says that all requests lead to the revision; to nothing where it is "".
func (m *model) onlyServes(revision string) bool {
	served := m.served()
	if revision == "" {
		return len(served) == 0
	}
	return len(served) == 1 && served[0] == revision
}

// whole says that every group of the revision has all its instances, seen healthy.
func (m *model) whole(revision string) error {
	return m.atLeast(revision, func(wanted int) int { return wanted })
}

// able says that every group of the revision that should run has an instance
// that was seen healthy.
func (m *model) able(revision string) error {
	return m.atLeast(revision, func(int) int { return 1 })
}

func (m *model) atLeast(revision string, need func(wanted int) int) error {
	for _, g := range m.groups(revision) {
		if wanted := m.wanted(g.Service); wanted > 0 && m.healthy[g.ID] < need(wanted) {
			return fmt.Errorf("%s of revision %s: %d run, %d seen healthy, %d wanted", g.ID, revision, m.running[g.ID], m.healthy[g.ID], wanted)
		}
	}
	return nil
}

// apply does what a step says and reports the first rule that it breaks.
func (m *model) apply(step lockstep.Step) error {
	if err := m.act(step); err != nil || m.rule == nil {
		return err
	}
	return m.rule()
}

func (m *model) act(step lockstep.Step) error {
	switch step.Kind {
	case lockstep.StepPrepare:
		m.prepared[step.Do.Revision] = true
	case lockstep.StepStart:
		return m.start(step)
	case lockstep.StepAwaitHealthy:
		if step.Do.Replicas > m.running[step.Do.Group] {
			return fmt.Errorf("waits for %d of %s, of which %d were started", step.Do.Replicas, step.Do.Group, m.running[step.Do.Group])
		}
		m.healthy[step.Do.Group] = m.running[step.Do.Group]
	case lockstep.StepStop:
		return m.stop(step)
	case lockstep.StepHold:
		m.held = true
	case lockstep.StepShiftTraffic:
		stays := !m.held && slices.Equal(m.splits, step.Do.Splits)
		m.held, m.splits, m.off = false, step.Do.Splits, m.env.Disabled
		if stays {
			return nil // nobody gets what he did not get before
		}
		return m.servedWell()
	case lockstep.StepVerify:
		if step.Do.Partial {
			return m.able(step.Do.Revision)
		}
		return m.whole(step.Do.Revision)
	case lockstep.StepOffer:
		m.off = step.Do.Disabled
	case lockstep.StepKeepWarm:
		return m.whole(step.Do.Revision)
	case lockstep.StepRemove:
		if len(m.running) > 0 || len(m.served()) > 0 {
			return fmt.Errorf("removes an environment in which %v run", m.running)
		}
	case lockstep.StepAnalyze:
		if !slices.Contains(m.served(), step.Do.Revision) || !slices.Contains(m.served(), step.Do.Baseline) {
			return fmt.Errorf("compares %s with %s, while requests go to %q", step.Do.Revision, step.Do.Baseline, m.served())
		}
	case lockstep.StepHook:
		return m.hook(step)
	case lockstep.StepDrain, lockstep.StepMaintenance, lockstep.StepPause, lockstep.StepApprove,
		lockstep.StepValidateLive, lockstep.StepMoveLive, lockstep.StepProbeLive, lockstep.StepSettleLive, lockstep.StepSetCurrent, lockstep.StepSyncConfig: // see TestASwitchIsTakenBackFromEverywhere
	}
	return nil
}

// hook: users notice neither stage, and what a hook runs in is there.
func (m *model) hook(step lockstep.Step) error {
	if !m.prepared[step.Do.Revision] || m.held {
		return fmt.Errorf("%s runs, prepared %v, requests held %v", step.Name, m.prepared[step.Do.Revision], m.held)
	}
	if step.Do.Hook.Stage != lockstep.HookPostDeployment {
		return nil
	}
	if !m.onlyServes(step.Do.Revision) {
		return fmt.Errorf("%s runs while requests go to %q", step.Name, m.served())
	}
	return m.whole(step.Do.Revision)
}

// servedWell: who gets all requests is whole; who gets a share is able.
func (m *model) servedWell() error {
	served := m.served()
	if len(served) == 1 {
		return m.whole(served[0])
	}
	for _, revision := range served {
		if err := m.able(revision); err != nil {
			return err
		}
	}
	return nil
}

func (m *model) start(step lockstep.Step) error {
	if !m.prepared[step.Do.Revision] {
		return fmt.Errorf("starts %s before revision %s is prepared", step.Do.Group, step.Do.Revision)
	}
	before, now := m.running[step.Do.Group], step.Do.Replicas
	if now < before {
		return m.shrink(step)
	}
	if now == before {
		return nil
	}
	for _, g := range m.groups(step.Do.Revision) {
		if g.ID != step.Do.Group {
			continue
		}
		for service, dep := range g.DependsOn {
			if m.wanted(service) > 0 && m.healthy[dep] == 0 && !m.forced {
				return fmt.Errorf("starts %s before %s is healthy", g.ID, dep)
			}
		}
	}
	m.running[step.Do.Group] = now
	return nil
}

// shrink takes instances from a group. Nobody loses the last one that way.
func (m *model) shrink(step lockstep.Step) error {
	if step.Do.Replicas == 0 && m.wanted(step.Do.Service) > 0 {
		return fmt.Errorf("%s leaves no instance of %s; a stop would", step.Name, step.Do.Group)
	}
	m.running[step.Do.Group] = step.Do.Replicas
	if step.Do.Replicas == 0 {
		delete(m.running, step.Do.Group)
	}
	m.healthy[step.Do.Group] = min(m.healthy[step.Do.Group], step.Do.Replicas)
	return nil
}

// halfStop leaves some instances of the groups.
func (m *model) halfStop(step lockstep.Step) {
	for _, id := range step.Do.Groups {
		m.healthy[id] = 0
	}
}

func (m *model) stop(step lockstep.Step) error {
	for _, id := range step.Do.Groups {
		for _, served := range m.served() {
			if !m.held && contains(m.groups(served), id) && !slices.Contains(m.off, m.service(id)) {
				return fmt.Errorf("stops %s, to which requests lead", id)
			}
		}
		for _, known := range append(m.served(), m.active, m.warm) {
			if known == "" {
				continue
			}
			for _, g := range m.groups(known) {
				for _, dep := range g.DependsOn {
					if dep == id && m.running[g.ID] > 0 && !m.forced {
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

// service is that of a group.
func (m *model) service(id string) string {
	for _, r := range m.revisions {
		for _, g := range m.groups(r.ID) {
			if g.ID == id {
				return g.Service
			}
		}
	}
	return ""
}
