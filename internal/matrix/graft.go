package matrix

import (
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// Graft takes what a file says of one environment over into the text of
// another: its block, its strategies, and how many instances services have
// there. The rest of that text stays as it is.
func Graft(into, file []byte, name string) ([]byte, error) {
	said, err := plainOf(file)
	if err != nil {
		return nil, err
	}
	has, err := plainOf(into)
	if err != nil {
		return nil, err
	}
	environments, _ := said["environments"].(map[string]any)
	block, ok := environments[name]
	if !ok {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "the file has no environment %s: it has %v", name, slices.Sorted(maps.Keys(environments)))
	}
	if known, _ := has["environments"].(map[string]any); !hasKey(known, name) {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "environment %s is not recorded: make it with lockstep create, or apply the file", name)
	}
	if block == nil {
		block = map[string]any{}
	}
	out, err := Set(into, "environments."+name, block)
	if err != nil {
		return nil, err
	}
	strategies, _ := said["deployment_strategies"].(map[string]any)
	if out, err = Set(out, "deployment_strategies."+name, strategies[name]); err != nil {
		return nil, err
	}
	return graftReplicas(out, said, has, name)
}

func hasKey(m map[string]any, key string) bool { _, ok := m[key]; return ok }

func graftReplicas(out []byte, said, has map[string]any, name string) ([]byte, error) {
	known, _ := has["services"].(map[string]any)
	services, _ := said["services"].(map[string]any)
	for _, service := range slices.Sorted(maps.Keys(known)) {
		want, hasMap := replicasBy(services[service])
		was, wasMap := replicasBy(known[service])
		switch {
		case services[service] == nil || hasMap == wasMap && want[name] == was[name]:
			continue
		case hasMap != wasMap: // what is one number for all cannot be changed for one
			return nil, byHand("services."+service+".replicas", "it is one number for all environments in one of the two")
		}
		var err error
		if out, err = Set(out, "services."+service+".replicas."+name, want[name]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func replicasBy(service any) (map[string]any, bool) {
	m, _ := service.(map[string]any)
	by, ok := m["replicas"].(map[string]any)
	return by, ok
}
