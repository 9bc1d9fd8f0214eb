package agent

import "time"

// confine makes the cell of a launch, nil where there is none, and keeps what
// there is to say about it. An instance without the limits it should have
// runs all the same: limits protect the others, and a service that does not
// start protects nobody.
func (i *instance) confine(launch string) *cell {
	l, err := limitOf(i.group.Spec.Resources)
	if err != nil {
		i.warn(err.Error())
		return nil
	}
	c, caveat := i.a.cells.make(i.env, i.id, launch, l)
	i.warn(caveat)
	return c
}

// warn sets what is said of the instance while nothing worse is.
func (i *instance) warn(caveat string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.caveat = caveat
}

// unconfined notes that a process was started without the cell made for it.
func (i *instance) unconfined(why error) {
	l, _ := limitOf(i.group.Spec.Resources) // it made a cell before
	caveat := lacks{}.with(lack{why: why.Error()}, controls).of(l).caveat(l)
	i.a.log.Warn("limits of an instance are not enforced", "instance", i.id, "reason", caveat)
	i.warn(caveat)
}

// takeUp watches a process that an earlier agent began, in the cell that it is in.
func (i *instance) takeUp(pid int, born, launch string, since time.Time) *process {
	l, err := limitOf(i.group.Spec.Resources)
	c, caveat := i.a.cells.adopt(pid, l)
	if err != nil {
		caveat = err.Error()
	}
	i.warn(caveat)
	return adopted(pid, born, launch, since, c, i.a.detached)
}

// discard removes what stood behind a process that is gone.
func (i *instance) discard(p *process) {
	i.raze(p.cell)
	i.a.removeValues(valuesOf(i.env, i.id))
}

// raze removes a cell that nothing is in.
func (i *instance) raze(c *cell) {
	if err := c.remove(); err != nil {
		i.a.log.Error("cannot remove the cgroup of an instance", "instance", i.id, "error", err)
	}
}

// sweepCells ends what is left in cells that no instance is in, and removes
// them: of instances that ended while no agent lived.
func (a *agent) sweepCells(found []finding) {
	var used []*cell
	for _, f := range found {
		if f.p != nil {
			used = append(used, f.p.cell)
		}
	}
	a.end(a.cells.leftovers(used))
}

// endCells ends what is left in the cells of an environment of which nothing
// runs any more, and removes them.
func (a *agent) endCells(env string) {
	if len(a.cells.of(env)) > 0 {
		a.end(a.cells.leftoversOf(env))
	}
}

func (a *agent) end(left []*cell) {
	for _, c := range left {
		a.running.Go(func() {
			c.kill()
			if err := c.remove(); err != nil {
				a.log.Error("cannot remove a cgroup that is left", "error", err)
			}
		})
	}
}
