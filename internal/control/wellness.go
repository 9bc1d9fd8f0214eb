package control

import (
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// wellness gives environments of a list their health as it was seen last,
// where anything serves and was seen. No host is asked.
func (c *Control) wellness(tx Tx, all []lockstep.Environment) error {
	stored, err := tx.HealthStates("")
	if err != nil {
		return err
	}
	byEnvironment := map[string]map[string]lockstep.ServiceHealth{}
	for _, h := range stored {
		if byEnvironment[h.EnvironmentID] == nil {
			byEnvironment[h.EnvironmentID] = map[string]lockstep.ServiceHealth{}
		}
		byEnvironment[h.EnvironmentID][h.Name] = h
	}
	for i, env := range all {
		if env.ServingID() == "" {
			continue
		}
		of := maps.Clone(byEnvironment[env.ID])
		if of == nil {
			of = map[string]lockstep.ServiceHealth{}
		}
		for _, h := range c.watched(env.ID) {
			of[h.Name] = h
		}
		all[i].Health = summaryOf(env, of)
	}
	return nil
}

func summaryOf(env lockstep.Environment, of map[string]lockstep.ServiceHealth) *lockstep.HealthSummary {
	var services []lockstep.ServiceHealth
	var out lockstep.HealthSummary
	for _, name := range slices.Sorted(maps.Keys(of)) {
		h := of[name]
		h.Disabled = !env.Enabled(name)
		services = append(services, h)
		if h.Type == lockstep.ServiceApp && !h.Disabled {
			out.Desired += h.Desired
			out.Ready += min(h.Ready, h.Desired)
		}
	}
	var known bool
	if out.Score, out.Worst, known = lockstep.HealthScore(services); !known {
		return nil
	}
	out.Status = out.InOneWord(services, true)
	return &out
}
