package matrix

import (
	"reflect"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

func exportEnvironment(e DesiredEnvironment, services []lockstep.ServiceSpec, common map[string]map[string]string) pairs {
	spec := e.Spec
	var p pairs
	if e.Type != lockstep.TypeFromName(e.Name) {
		p.set("type", string(e.Type))
	}
	p.put("description", e.Description)
	if spec.Runtime != lockstep.RuntimeProcess {
		p.set("runtime", string(spec.Runtime))
	}
	p.put("strategy", exportStrategy(spec.Strategy))
	if spec.Validation != lockstep.ValidationStandard {
		p.set("validation", string(spec.Validation))
	}
	if spec.ApprovalRequired {
		p.set("approvals", pairs{{"required", true}})
	}
	p.put("prerequisites", inOrder(prerequisiteTree(spec.Prerequisites), prerequisiteKeys.names()))
	p.put("automation", inOrder(automationTree(spec.Automation), automationKeys.names()))
	p.put("hooks", exportHooks(spec.Hooks))
	p.put("alerts", exportAlerts(spec.Alerts))
	p.put("domains", anyList(spec.Domains))
	p.put("parent", spec.Parent)
	overlays := pairs{}
	for _, s := range services {
		overlays.put(s.Name, exportOverlay(s, e.Config.Services[s.Name], common[s.Name]))
	}
	p.put("services", overlays)
	for _, name := range recordedBlocks {
		if block, ok := spec.Recorded[name]; ok {
			p.set(name, block)
		} else if name == "regions" && spec.Region != "" {
			p.set(name, pairs{{"primary", spec.Region}})
		}
	}
	p.put("dependencies", exportDependencies(spec))
	return p
}

// recordedBlocks are the keys of an environment that are kept as written.
var recordedBlocks = []string{"regions", "clusters", "databases", "storage", "networking", "monitoring", "security"}

func exportStrategy(s lockstep.StrategySpec) pairs {
	p := inOrder(strategyTree(s), strategyKeys.names())
	usual := s.Primary == lockstep.StrategyBlueGreen && slices.Equal(s.Alternatives, []lockstep.Strategy{lockstep.StrategyRecreate})
	if usual {
		p = p[2:] // primary and alternatives are what nothing said means
	}
	return p
}

func exportOverlay(s lockstep.ServiceSpec, c lockstep.ServiceConfig, common map[string]string) pairs {
	env := map[string]string{}
	for k, v := range c.Env {
		// What is said apart is said again; elsewhere only what differs.
		if usual, ok := common[k]; !ok || usual != v || len(c.Defaults) > 0 {
			env[k] = v
		}
	}
	var p pairs
	p.put("env", env)
	p.put("command", anyList(c.Command))
	if c.Routes != nil {
		p.set("routes", anyList(c.Routes))
	}
	if c.Health != nil {
		p.set("health", over(healthPairs(*c.Health), healthPairs(s.Health), "path"))
	}
	if c.Resources != nil {
		p.set("resources", over(resourcePairs(*c.Resources), resourcePairs(s.Resources), ""))
	}
	if c.Validate != nil {
		p.set("validate", anyList(c.Validate))
	}
	p.put("user", c.User)
	return p
}

// over is what has to be said over base to get p; clear is the key that an
// empty text takes away again.
func over(p, base pairs, clear string) pairs {
	out := pairs{}
	for _, one := range p {
		if !slices.ContainsFunc(base, func(b pair) bool { return b.key == one.key && reflect.DeepEqual(b.value, one.value) }) {
			out = append(out, one)
		}
	}
	has := func(ps pairs) bool { return slices.ContainsFunc(ps, func(b pair) bool { return b.key == clear }) }
	if has(base) && !has(p) {
		out.set(clear, "")
	}
	return out
}

func exportDependencies(spec lockstep.EnvironmentSpec) pairs {
	var p pairs
	for _, d := range spec.Dependencies {
		if fromBlock(spec.Recorded, d) {
			continue
		}
		var one pairs
		if d.Type != typeOfDependency(d.Name) {
			one.set("type", string(d.Type))
		}
		one.put("endpoint", d.Endpoint)
		rest := map[string]any{}
		for k, v := range d.Config {
			if s, isText := v.(string); k == "version" && isText && strings.TrimSpace(s) != "" {
				one.set("version", s)
				continue
			}
			rest[k] = v
		}
		one = append(one, pairsOf("config", rest)...)
		if d.Check != nil {
			one.set("check", inOrder(checkTree(*d.Check), checkKeys.names()))
		}
		p.set(d.Name, one)
	}
	return p
}

func pairsOf(key string, v any) pairs {
	var p pairs
	p.put(key, v)
	return p
}
