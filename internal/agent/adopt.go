package agent

import (
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// searchTime is how long a launch without a known process is looked for: a
// process that was just made shows its marks only after its exec.
const searchTime = 500 * time.Millisecond

// finding is what became of a record's launch.
type finding struct {
	i *instance
	p *process // nil: it does not run
}

// recover brings back what an earlier agent left: the processes that live,
// with the readiness they had, the pools, the routings and the ports, all of
// it serving before the first probe. Then supervision begins, and what was
// being stopped is stopped.
func (a *agent) recover() error {
	known := a.store.view()
	a.keepPorts(known)
	found, searched := a.recall(known)
	for id, e := range known.Environments {
		for group := range e.Groups {
			a.publish(id, group)
		}
		if e.Routing != nil {
			a.edge.SetRouting(id, *e.Routing)
		}
	}
	if err := a.serveEdge(known); err != nil {
		return err
	}
	more, err := a.search(searched)
	if err != nil {
		return err
	}
	for _, f := range more {
		if f.p != nil {
			f.i.trust()
			a.publish(f.i.env, f.i.group.ID)
		}
	}
	found = append(found, more...)
	if err := a.journal.write(adoptions(found)...); err != nil {
		a.log.Error("adoptions are not in the journal", "error", err) // serving matters more
	}
	a.sweep(known) // before anything new is launched
	a.sweepCells(found)
	a.sweepValues(known)
	a.goOnStopping(known) // so that nothing is launched to be stopped
	for _, f := range found {
		a.watchOver(f.i, f.p, false)
	}
	a.recoverJobs(known)
	a.hosts.release()
	return nil
}

func adoptions(found []finding) []wire.Entry {
	var out []wire.Entry
	for _, f := range found {
		if f.p != nil {
			out = append(out, wire.Entry{Effect: effectAdopt, Environment: f.i.env, Instance: f.i.id, PID: f.p.pid})
		}
	}
	return out
}

// recall makes an instance of each record. Those whose process is known by its
// PID are as ready as they were; the others have to be searched.
func (a *agent) recall(known *state) (found []finding, searched []*instance) {
	for envID, e := range known.Environments {
		for _, g := range e.Groups {
			for id, rec := range g.Instances {
				i := a.newInstance(envID, id, g, *rec)
				switch {
				case rec.PID != 0 && rec.Born != "" && birth(rec.PID) == rec.Born:
					found = append(found, finding{i, i.takeUp(rec.PID, rec.Born, rec.Launch, since(rec))})
					i.trust()
				case rec.Launch != "" && findsLaunches:
					searched = append(searched, i)
				default:
					found = append(found, finding{i: i})
				}
			}
		}
	}
	return found, searched
}

// trust takes an instance whose process lives for as ready as it was.
func (i *instance) trust() {
	if i.rec.Ready && !i.rec.Leaving && !i.group.Stopping {
		i.state, i.pooled, i.reason = lockstep.InstanceReady, true, i.caveat
	}
}

func since(r *record) time.Time {
	if r.StartedAt != nil {
		return *r.StartedAt
	}
	return time.Now()
}

// search looks for launches by their marks. The one that leads its group is
// the instance; where only others are left, they are what it left behind.
func (a *agent) search(launched []*instance) ([]finding, error) {
	if len(launched) == 0 {
		return nil, nil
	}
	leaders := map[string]sighting{}
	var seen []sighting
	for deadline := time.Now().Add(searchTime); ; <-time.After(20 * time.Millisecond) {
		var err error
		if seen, err = a.table.now(); err != nil {
			return nil, fmt.Errorf("find instances: %w", err)
		}
		missing := false
		for _, s := range seen {
			if s.identity == a.identity && s.pid == s.group {
				leaders[s.launch] = s
			}
		}
		for _, i := range launched {
			if _, ok := leaders[i.rec.Launch]; !ok && i.rec.PID == 0 {
				missing = true
			}
		}
		if !missing || time.Now().After(deadline) {
			break
		}
	}
	var found []finding
	for _, i := range launched {
		s, ok := leaders[i.rec.Launch]
		if !ok || birth(s.pid) != s.born {
			if f := (family{launch: i.rec.Launch, group: -1}); len(f.members(seen)) > 0 {
				f.kill(a.table, a.log)
			}
			found = append(found, finding{i: i})
			continue
		}
		at := since(&i.rec)
		i.update(func(r *record) {
			begun := at.UTC().Truncate(time.Microsecond)
			r.PID, r.Born, r.StartedAt = s.pid, s.born, &begun
		})
		found = append(found, finding{i, i.takeUp(s.pid, s.born, i.rec.Launch, at)})
	}
	return found, nil
}

func (a *agent) keepPorts(known *state) {
	for env, e := range known.Environments {
		a.ports.keep(e.Port, env)
		for _, g := range e.Groups {
			a.ports.keep(g.Port, env)
			for _, r := range g.Instances {
				a.ports.keep(r.Port, env)
			}
		}
	}
}

// goOnStopping finishes what an agent before had begun. Requests that were in
// flight then were its own.
func (a *agent) goOnStopping(known *state) {
	for id, e := range known.Environments {
		for groupID, g := range e.Groups {
			if g.Stopping {
				a.endGroup(id, groupID, 0)
				continue
			}
			for name, r := range g.Instances {
				if r.Leaving {
					a.endInstance(id, groupID, name, 0)
				}
			}
		}
	}
}

// sweep ends processes that carry this directory's mark and that the state
// does not know: what is left where a person moved the state away.
func (a *agent) sweep(known *state) {
	if !findsLaunches {
		return
	}
	launches := map[string]bool{}
	for _, e := range known.Environments {
		for _, g := range e.Groups {
			for _, r := range g.Instances {
				launches[r.Launch] = true
			}
		}
		for _, j := range e.Jobs {
			launches[j.Launch] = true
		}
	}
	seen, err := a.table.now()
	if err != nil {
		a.log.Error("cannot look for strays", "error", err)
		return
	}
	for _, s := range seen {
		if s.identity == a.identity && !launches[s.launch] {
			a.log.Warn("ending a process of ours that the state does not know", "pid", s.pid, "launch", s.launch)
			a.running.Go(func() { family{group: -1, launch: s.launch}.kill(a.table, a.log) })
		}
	}
}
