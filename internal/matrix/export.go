package matrix

import (
	"reflect"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Export writes a matrix that reads back as d: the plan between the two is
// empty. What all environments have in common stands in the project. Settings
// of services that d does not have are left out; they have no effect.
func Export(d Desired) []byte {
	var file pairs
	file.set("project", d.Project)
	file.set("pipeline", anyList(d.Pipeline))
	services := pairs{}
	common := make(map[string]map[string]string, len(d.Services))
	replicas := make(map[string]int, len(d.Services))
	for _, s := range d.Services {
		common[s.Name] = commonEnv(d, s.Name)
		var in any
		replicas[s.Name], in = commonReplicas(d, s.Name)
		services.set(s.Name, exportService(s, d.Artifacts[s.Name], common[s.Name], in))
	}
	file.put("services", services)
	environments := pairs{}
	for _, e := range d.Environments {
		environments.set(e.Name, exportEnvironment(e, d.Services, common))
	}
	file.set("environments", environments)
	var b strings.Builder
	writeBlock(&b, file, 0)
	return []byte(b.String())
}

func exportService(s lockstep.ServiceSpec, artifact string, env map[string]string, replicas any) pairs {
	var p pairs
	p.put("artifact", artifact)
	p.put("image", s.Image)
	p.put("command", anyList(s.Command))
	p.put("port", s.Port)
	if !slices.Equal(s.Routes, []string{"/"}) {
		p.set("routes", anyList(s.Routes))
	}
	if replicas != 1 {
		p.set("replicas", replicas)
	}
	p.put("env", env)
	p.put("health", healthPairs(s.Health))
	p.put("resources", resourcePairs(s.Resources))
	p.put("dependsOn", anyList(s.DependsOn))
	p.put("validate", anyList(s.Validate))
	p.put("user", s.User)
	p.put("stopGrace", duration(s.StopGrace))
	return p
}

func healthPairs(h lockstep.HealthSpec) pairs {
	return inOrder(healthTree(h), healthKeys.names())
}

func resourcePairs(r lockstep.Resources) pairs {
	return inOrder(resourceTree(r), resourceKeys.names())
}

// inOrder is a tree as pairs in the order of our key tables.
func inOrder(b branch, names []string) pairs {
	var p pairs
	for _, n := range names {
		if v, ok := b[n]; ok {
			p.set(n, v)
		}
	}
	return p
}

// commonEnv are the variables that every environment has, each with its most
// frequent value.
func commonEnv(d Desired, service string) map[string]string {
	counts := map[string]map[string]int{}
	has := map[string]int{}
	for _, e := range d.Environments {
		for k, v := range e.Config.Services[service].Env {
			if counts[k] == nil {
				counts[k] = map[string]int{}
			}
			counts[k][v]++
			has[k]++
		}
	}
	out := map[string]string{}
	for k, values := range counts {
		if has[k] == len(d.Environments) {
			out[k] = mostFrequent(values)
		}
	}
	return out
}

func mostFrequent[T string | int](counts map[T]int) T {
	var best T
	found := false
	for v, n := range counts {
		if !found || n > counts[best] || n == counts[best] && v < best {
			best, found = v, true
		}
	}
	return best
}

// commonReplicas is the most frequent number, and how the file says all.
func commonReplicas(d Desired, service string) (int, any) {
	counts := map[int]int{}
	for _, e := range d.Environments {
		counts[e.Spec.ReplicasOf(service)]++
	}
	if len(counts) == 0 {
		return 1, 1
	}
	usual := mostFrequent(counts)
	if len(counts) == 1 {
		return usual, usual
	}
	p := pairs{{"default", usual}}
	for _, e := range d.Environments {
		if n := e.Spec.ReplicasOf(service); n != usual {
			p.set(e.Name, n)
		}
	}
	return usual, p
}

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
	if hooks, ok := spec.Recorded["hooks"]; ok {
		p.set("hooks", hooks)
	}
	p.put("domains", anyList(spec.Domains))
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
		if usual, ok := common[k]; !ok || usual != v {
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
		p.set(d.Name, append(one, pairsOf("config", rest)...))
	}
	return p
}

func pairsOf(key string, v any) pairs {
	var p pairs
	p.put(key, v)
	return p
}
