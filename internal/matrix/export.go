package matrix

import (
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
	file.put("recipes", exportRecipes(d.Recipes))
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

// nestedKeys are the mappings inside of those that are exported in order.
var nestedKeys = map[string][]string{
	"analysis": analysisKeys.names(), "probes": probeKeys.names(), "sticky": stickyKeys.names(), "testers": testerKeys.names(),
}

// inOrder is a tree as pairs in the order of our key tables.
func inOrder(b branch, names []string) pairs {
	var p pairs
	for _, n := range names {
		v, ok := b[n]
		if nested, is := v.(branch); is && nestedKeys[n] != nil {
			v = inOrder(nested, nestedKeys[n])
		}
		if nested, is := v.(branch); is && n == "warn" {
			v = inOrder(nested, limitKeys.names())
		}
		if rules, is := v.([]any); is && n == "rules" {
			for i, one := range rules {
				rules[i] = inOrder(one.(map[string]any), ruleKeys.names())
			}
		}
		if ok {
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
		if said := e.Config.Services[service].Defaults; len(said) > 0 {
			return said
		}
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
