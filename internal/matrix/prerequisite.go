package matrix

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// prerequisites is environments.<name>.prerequisites.
type prerequisites struct {
	at           place
	environments []word
	soak         lockstep.Duration
}

// automation is environments.<name>.automation.
type automation struct {
	at     place
	deploy lockstep.AutoDeploy
}

const maxSoak = 90 * day

var prerequisiteKeys = keys[prerequisites]{
	{"environments", func(v value, p *prerequisites) { p.environments = v.set(value.filled) }},
	{"soak", func(v value, p *prerequisites) { setDuration(v, time.Second, maxSoak, &p.soak) }},
}

var automationKeys = keys[automation]{
	{"deploy", func(v value, a *automation) {
		setChoice(v, "automation", lockstep.AutoDeploys(), &a.deploy)
	}},
}

// checkPrerequisites: what has to come first exists, and is something else.
func (d *decoder) checkPrerequisites(doc *document) {
	names := doc.environmentNames()
	pipeline := texts(doc.pipeline)
	for _, e := range doc.environments {
		before, _ := lockstep.StageBefore(pipeline, e.name)
		for _, w := range e.prerequisites.environments {
			if w.text == e.name {
				d.report(w.at, "name the environments that it comes to first", "a release cannot have been in %s before it comes there", clip(w.text))
			} else if !contains(names, w.text) {
				d.report(w.at, d.names.didYouMeanOr(w.text, names), "no environment %s in environments", clip(w.text))
			}
		}
		if e.prerequisites.soak > 0 && len(e.prerequisites.environments) == 0 && before == "" {
			d.report(e.prerequisites.at, "write environments: [staging]", "no stage of the pipeline comes before %s: name the environments to soak in", e.name)
		}
		if e.automation.deploy == lockstep.DeployWhenProved && before == "" {
			d.report(e.automation.at, "put it into the pipeline, or write deploy: on_release", "no stage of the pipeline comes before %s, in which a release could prove itself", e.name)
		}
	}
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

func (p prerequisites) resolved() lockstep.Prerequisites {
	out := lockstep.Prerequisites{Soak: p.soak}
	if len(p.environments) > 0 {
		out.Environments = texts(p.environments)
	}
	return out
}

func prerequisiteTree(p lockstep.Prerequisites) branch {
	b := branch{}
	b.put("environments", anyList(p.Environments))
	b.put("soak", duration(p.Soak))
	return b
}

func automationTree(a lockstep.Automation) branch {
	b := branch{}
	b.put("deploy", string(a.Deploy))
	return b
}
