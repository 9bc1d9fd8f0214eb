package config

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// specs compares how two environments are run, which the matrix alone says.
func (c Comparison) specs() (different []lockstep.Difference, equal int) {
	services := maps.Clone(c.Source.Environment.Spec.Replicas)
	if services == nil {
		services = map[string]int{}
	}
	maps.Copy(services, c.Target.Environment.Spec.Replicas)
	pairs := paired(specLeaves(c.Source.Environment.Spec, services), specLeaves(c.Target.Environment.Spec, services))
	for _, path := range slices.Sorted(maps.Keys(pairs)) {
		p := pairs[path]
		if c.equal(p.source, p.target) {
			equal++
			continue
		}
		reason := "the matrix says how each environment is run"
		if pattern := c.Specific.First(path); pattern != "" {
			reason = "the matrix says that " + pattern + " is specific"
		}
		different = append(different, lockstep.Difference{
			Path: path, Class: lockstep.DifferenceIntended, Type: changeType(p.target, p.source),
			Source: display(p.source), Target: display(p.target), Reason: reason,
		})
	}
	return different, equal
}

// specLeaves are the paths of a spec. services are those of which either side
// says how many replicas it wants.
func specLeaves(s lockstep.EnvironmentSpec, services map[string]int) map[string]*leaf {
	out := map[string]*leaf{}
	put := func(path string, value any) { out[path] = &leaf{value: value} }
	for service := range services {
		put("services."+service+".replicas", s.ReplicasOf(service))
	}
	put("runtime", string(s.Runtime))
	put("validation", string(s.Validation))
	put("approvalRequired", s.ApprovalRequired)
	if s.Parent != "" {
		put("parent", s.Parent)
	}
	if s.Region != "" {
		put("region", s.Region)
	}
	if len(s.Domains) > 0 {
		put("domains", s.Domains)
	}
	if tree, ok := plain(s.Strategy).(map[string]any); ok {
		flatten(out, place{}, "strategy", tree)
	}
	for path, l := range out {
		if ms, ok := l.value.(float64); ok && slices.Contains(spans, path[strings.LastIndexByte(path, '.')+1:]) {
			l.value = (time.Duration(ms) * time.Millisecond).String()
		}
	}
	return out
}

// spans are the keys of a strategy whose numbers are milliseconds.
var spans = []string{"pause", "warmFor", "drainTimeout", "holdTimeout", "stableFor", "deadline", "lifetime"}

// plain is a value as JSON has it.
func plain(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil
	}
	return out
}
