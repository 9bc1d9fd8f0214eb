package control

import (
	"cmp"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// countVariables counts what wins of a configuration's variables. Required is
// what any level says so of.
func countVariables(doc lockstep.ConfigDocument) lockstep.VariableCounts {
	required, filled := map[string]bool{}, map[string]bool{}
	for _, v := range doc.Variables {
		required[v.Slot()] = required[v.Slot()] || v.Required
		filled[v.Slot()] = filled[v.Slot()] || v.DefaultValue != nil
	}
	var n lockstep.VariableCounts
	for slot, v := range config.Winners(doc) {
		n.Total++
		if v.Sensitive {
			n.Sensitive++
		} else {
			n.Public++
		}
		if !required[slot] {
			continue
		}
		n.Required++
		if v.Value == "" && v.SecretVersion == 0 && !filled[slot] {
			n.Missing++
		}
	}
	return n
}

func (r recorded) settings() lockstep.GeneralSettings {
	general, _ := r.latest.Document.Sections[lockstep.SectionGeneral].(map[string]any)
	region, _ := general["region"].(string)
	zone, _ := general["timezone"].(string)
	debug, _ := general["debugMode"].(bool)
	return lockstep.GeneralSettings{
		Type: r.env.Type, Region: cmp.Or(region, r.env.Spec.Region), TimeZone: cmp.Or(zone, "UTC"), DebugMode: debug,
		MaintenanceMode: r.env.Status == lockstep.EnvironmentMaintenance,
	}
}
