package edge

import (
	"maps"
	"slices"
)

// Remains says what is in force for an environment: whether it is routed, and
// the groups that have ready instances.
func (e *Edge) Remains(environment string) (routed bool, pools []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	env, ok := e.envs[environment]
	if !ok {
		return false, nil
	}
	v := env.now.Load()
	return v.routed, slices.Sorted(maps.Keys(v.pools))
}
