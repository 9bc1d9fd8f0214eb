package matrix

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// check finds what is wrong between keys that are each right by themselves.
func (d *decoder) check(doc *document) {
	d.checkNames(doc)
	d.checkDependencies(doc)
	d.checkDependsOn(doc)
	d.checkCycles(doc)
	d.checkRoutes(doc)
	d.checkDomains(doc)
	d.checkParents(doc)
	d.checkHooks(doc)
	d.checkPrerequisites(doc)
	checkAlerts(doc)
	d.checkRecipes(doc)
	d.checkRules(doc)
	d.checkRunnable(doc)
	d.checkTotals(doc)
}

// checkNames: environments that are named where they are used exist.
func (d *decoder) checkNames(doc *document) {
	names := doc.environmentNames()
	exists := make(map[string]bool, len(names))
	for _, n := range names {
		exists[n] = true
	}
	must := func(at place, name string) {
		if !exists[name] {
			d.report(at, d.names.didYouMeanOr(name, names), "no environment %s in environments", clip(name))
		}
	}
	for _, w := range doc.pipeline {
		must(w.at, w.text)
	}
	for _, s := range doc.strategies {
		must(s.at, s.name)
	}
	for _, s := range doc.services {
		for _, w := range s.replicas.names {
			must(w.at, w.text)
		}
	}
}

// checkDependencies: a name means one thing in an environment.
func (d *decoder) checkDependencies(doc *document) {
	services := make(map[string]bool, len(doc.services))
	for _, s := range doc.services {
		services[s.name] = true
	}
	for _, e := range doc.environments {
		seen := make(map[string]place, len(e.dependencies))
		for _, dep := range e.dependencies {
			name := dep.record.Name
			if first, twice := seen[name]; twice {
				d.report(dep.at, "rename one", "%s is already the name of %s", name, first.field)
				continue
			}
			seen[name] = dep.at
			if services[name] {
				d.report(dep.at, "rename the service", "%s is already the name of services.%s, which Lockstep deploys", name, name)
			}
		}
	}
}

// checkDependsOn: what a service depends on is a service, or a dependency of
// some environment.
func (d *decoder) checkDependsOn(doc *document) {
	known := append(doc.serviceNames(), nameDatabase, nameCache, nameStorage)
	for _, e := range doc.environments {
		for _, dep := range e.dependencies {
			known = append(known, dep.record.Name)
		}
	}
	slices.Sort(known)
	known = slices.Compact(known)
	for _, s := range doc.services {
		for _, w := range s.depends {
			if _, ok := slices.BinarySearch(known, w.text); !ok {
				d.report(w.at, d.names.didYouMeanOr(w.text, known), "no service and no dependency is called %s", clip(w.text))
			}
		}
	}
}

// checkCycles reports every circle of services that depend on each other.
func (d *decoder) checkCycles(doc *document) {
	specs := make([]lockstep.ServiceSpec, len(doc.services))
	for i, s := range doc.services {
		specs[i] = lockstep.ServiceSpec{Name: s.name, DependsOn: texts(s.depends)}
	}
	for {
		_, err := lockstep.StartOrder(specs)
		if err == nil {
			return
		}
		name := cycleStart(err, doc)
		if name == nil {
			return
		}
		d.validate(place{name.at.field + ".dependsOn", dependsOnPlace(name)}, err)
		for i := range specs {
			if specs[i].Name == name.name {
				specs[i].DependsOn = nil // the next round finds the next circle
			}
		}
	}
}

// cycleStart is the service that an error of StartOrder is about.
func cycleStart(err error, doc *document) *service {
	var coded *lockstep.Error
	if !errors.As(err, &coded) {
		return nil
	}
	name := strings.TrimSuffix(strings.TrimPrefix(coded.Field, "services."), ".dependsOn")
	return doc.service(name)
}

func dependsOnPlace(s *service) int {
	if len(s.depends) > 0 {
		return s.depends[0].at.offset
	}
	return s.at.offset
}

// checkRunnable: a service that runs somewhere says how.
func (d *decoder) checkRunnable(doc *document) {
	for _, s := range doc.services {
		var noCommand, noImage []string
		for _, e := range doc.environments {
			over := e.overlay(s.name)
			if replicasIn(s, over, e.name) == 0 {
				continue
			}
			switch {
			case e.runs(doc) != lockstep.RuntimeProcess:
				if s.image == "" && !s.unclear("image") {
					noImage = append(noImage, e.name)
				}
			case s.command == nil && !s.unclear("command"):
				if over == nil || over.command == nil && !over.unclear("command") {
					noCommand = append(noCommand, e.name)
				}
			}
		}
		if noCommand != nil {
			d.report(s.at, `write command: [./program, --port, "{{port}}"]`, "%s has no command, which %s", s.name, needs(noCommand, "as a process"))
		}
		if noImage != nil {
			d.report(s.at, "write image: registry/name:{{version}}", "%s has no image, which %s", s.name, needs(noImage, "in a container"))
		}
	}
}

func needs(environments []string, how string) string {
	const most = 3
	shown := strings.Join(environments[:min(most, len(environments))], ", ")
	if more := len(environments) - most; more > 0 {
		shown += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("it needs to run %s in %s", how, shown)
}

// runs is the runtime of the environment.
func (e *environment) runs(doc *document) lockstep.RuntimeKind {
	if e.runtime != "" {
		return e.runtime
	}
	return doc.runtime
}

// replicasIn says how many instances run in an environment: the overlay
// wins over the service's entry for it, which wins over its default.
func replicasIn(s, over *service, environment string) int {
	if over != nil && over.replicas.fallback != nil {
		return *over.replicas.fallback
	}
	if n, ok := s.replicas.in[environment]; ok {
		return n
	}
	if s.replicas.fallback != nil {
		return *s.replicas.fallback
	}
	return 1
}

// checkTotals: project variables count in each environment, so a small file
// can ask for a lot of memory.
func (d *decoder) checkTotals(doc *document) {
	base := 0
	for _, s := range doc.services {
		base += len(s.env)
	}
	total := base * len(doc.environments)
	for _, e := range doc.environments {
		for _, o := range e.overlays {
			total += len(o.env)
		}
	}
	if total > maxResolved {
		d.report(place{"environments", doc.environments[0].at.offset}, "split the environments over several projects", "%d variables over all environments are more than %d", total, maxResolved)
	}
}
