package matrix

import (
	"maps"
	"reflect"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// branch is a mapping that we know the keys of. In a plan its leaves appear
// one by one also where the whole is new; what is recorded as it was written
// (a map[string]any) appears as one block then.
type branch map[string]any

// put sets a key unless the value is empty: an absent key and an empty value
// mean the same in a plan.
func (b branch) put(key string, v any) {
	if !empty(v) {
		b[key] = v
	}
}

func empty(v any) bool {
	if v == nil {
		return true
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		return r.Len() == 0
	case reflect.Int, reflect.Int64:
		return r.Int() == 0
	default:
		return false
	}
}

// duration is a duration as it is written, and nil for none.
func duration(d lockstep.Duration) any {
	if d == 0 {
		return nil
	}
	return durationText(time.Duration(d))
}

// strings as a list of anything, for trees.
func anyList[T ~string](in []T) []any {
	out := make([]any, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}

func serviceTree(s lockstep.ServiceSpec, artifact string) branch {
	b := branch{}
	b.put("artifact", artifact)
	b.put("image", s.Image)
	b.put("command", anyList(s.Command))
	b.put("port", s.Port)
	b["routes"] = anyList(s.Routes) // none is something to say
	b.put("health", healthTree(s.Health))
	b.put("resources", resourceTree(s.Resources))
	b.put("dependsOn", anyList(s.DependsOn))
	b.put("validate", anyList(s.Validate))
	b.put("user", s.User)
	b.put("stopGrace", duration(s.StopGrace))
	return b
}

func healthTree(h lockstep.HealthSpec) branch {
	b := branch{}
	b.put("path", h.Path)
	b.put("interval", duration(h.Interval))
	b.put("timeout", duration(h.Timeout))
	b.put("healthyAfter", h.HealthyAfter)
	b.put("unhealthyAfter", h.UnhealthyAfter)
	b.put("startTimeout", duration(h.StartTimeout))
	return b
}

func resourceTree(r lockstep.Resources) branch {
	b := branch{}
	b.put("cpu", r.CPU)
	b.put("memory", r.Memory)
	return b
}

func environmentTree(e DesiredEnvironment) branch {
	spec := e.Spec
	b := branch{
		"type": string(e.Type), "runtime": string(spec.Runtime), "validation": string(spec.Validation),
		"approvals": branch{"required": spec.ApprovalRequired}, "strategy": strategyTree(spec.Strategy),
	}
	b.put("description", e.Description)
	b.put("domains", anyList(spec.Domains))
	b.put("parent", spec.Parent)
	replicas := branch{}
	for service, n := range spec.Replicas {
		replicas[service] = n
	}
	b.put("replicas", replicas)
	for name, block := range spec.Recorded {
		b.put(name, block)
	}
	b.put("prerequisites", prerequisiteTree(spec.Prerequisites))
	b.put("automation", automationTree(spec.Automation))
	b.put("hooks", hookTrees(spec.Hooks))
	b.put("alerts", alertTrees(spec.Alerts))
	if _, said := spec.Recorded["regions"]; !said && spec.Region != "" {
		b["regions"] = branch{"primary": spec.Region}
	}
	b.put("dependencies", dependencyTree(spec))
	services := branch{}
	for name, c := range e.Config.Services {
		services.put(name, configTree(c))
	}
	b.put("services", services)
	return b
}

func strategyTree(s lockstep.StrategySpec) branch {
	b := branch{"primary": string(s.Primary)}
	b.put("alternatives", anyList(s.Alternatives))
	b.put("recipe", recipeNamesTree(s.Recipes))
	weights := make([]any, len(s.Weights))
	for i, w := range s.Weights {
		weights[i] = w
	}
	b.put("weights", weights)
	b.put("pause", duration(s.Pause))
	b.put("maxSurge", s.MaxSurge)
	b.put("maxUnavailable", s.MaxUnavailable)
	b.put("analysis", analysisTree(s.Analysis))
	if s.Sticky != nil {
		b["sticky"] = true
		if s.Sticky.Lifetime != 0 {
			b["sticky"] = branch{"lifetime": duration(s.Sticky.Lifetime)}
		}
	}
	if s.Testers != nil {
		testers := branch{}
		testers.put("header", s.Testers.Header)
		testers.put("cookie", s.Testers.Cookie)
		testers.put("value", s.Testers.Value)
		b["testers"] = testers
	}
	b.put("mirror", s.Mirror)
	if s.WarmFor != nil {
		b["warmFor"] = durationText(s.WarmFor.Std())
	}
	b.put("drainTimeout", duration(s.DrainTimeout))
	b.put("holdTimeout", duration(s.HoldTimeout))
	b.put("stableFor", duration(s.StableFor))
	return b
}

func analysisTree(a lockstep.Analysis) branch {
	b := branch{}
	b.put("minRequests", a.MinRequests)
	b.put("errorMargin", a.ErrorMargin)
	b.put("latencyMargin", a.LatencyMargin)
	b.put("deadline", duration(a.Deadline))
	if a.Probes != nil {
		probes := branch{"paths": anyList(a.Probes.Paths)}
		probes.put("rate", a.Probes.Rate)
		b["probes"] = probes
	}
	rules := make([]any, len(a.Rules))
	for i, r := range a.Rules {
		rules[i] = map[string]any{"name": r.Name, "expr": r.Expr}
	}
	b.put("rules", rules)
	return b
}

// dependencyTree leaves out what the recorded blocks say already.
func dependencyTree(spec lockstep.EnvironmentSpec) branch {
	b := branch{}
	for _, d := range spec.Dependencies {
		if fromBlock(spec.Recorded, d) {
			continue
		}
		one := branch{"type": string(d.Type)}
		one.put("endpoint", d.Endpoint)
		one.put("config", d.Config)
		if d.Check != nil {
			one["check"] = checkTree(*d.Check)
		}
		b[d.Name] = one
	}
	return b
}

// fromBlock says that d is exactly what databases.<name> or storage says.
func fromBlock(recorded map[string]any, d lockstep.DependencyRecord) bool {
	var block any
	kind := lockstep.ServiceDatabase
	databases, _ := recorded["databases"].(map[string]any)
	switch d.Name {
	case nameDatabase:
		block = databases["primary"]
	case nameCache:
		block, kind = databases["cache"], lockstep.ServiceCache
	case nameStorage:
		block, kind = recorded["storage"], lockstep.ServiceStorage
	default:
		block = databases[d.Name]
	}
	m, ok := block.(map[string]any)
	if !ok || d.Type != kind {
		return false
	}
	want := map[string]any{}
	for k, v := range d.Config {
		want[k] = v
	}
	if d.Endpoint != "" {
		want["endpoint"] = d.Endpoint
	}
	// The check was read from the block, which holds it as it was written.
	check, checked := m["check"]
	if checked != (d.Check != nil) {
		return false
	}
	if checked {
		want["check"] = check
	}
	return reflect.DeepEqual(normal(m), normal(want))
}

func configTree(c lockstep.ServiceConfig) branch {
	b := branch{}
	env := branch{}
	for k, v := range complete(c) {
		env[k] = v
	}
	b.put("env", env)
	b.put("command", anyList(c.Command))
	if c.Routes != nil {
		b["routes"] = anyList(c.Routes)
	}
	if c.Health != nil {
		b["health"] = healthTree(*c.Health)
	}
	if c.Resources != nil {
		b["resources"] = resourceTree(*c.Resources)
	}
	if c.Validate != nil {
		b["validate"] = anyList(c.Validate)
	}
	b.put("user", c.User)
	return b
}

// complete are the variables that the matrix says of a service in an
// environment, those of all environments among them.
func complete(c lockstep.ServiceConfig) map[string]string {
	if len(c.Defaults) == 0 {
		return c.Env
	}
	out := maps.Clone(c.Defaults)
	maps.Copy(out, c.Env)
	return out
}
