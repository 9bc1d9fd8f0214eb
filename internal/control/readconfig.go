package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/config"
)

// ConfigReport is an environment's configuration: the version that runs (0:
// none yet), the newest, and what that says (A's EnvironmentConfig).
type ConfigReport struct {
	EnvironmentID string                 `json:"environmentId"`
	Running       int64                  `json:"running"`
	Latest        int64                  `json:"latest"`
	Version       lockstep.ConfigVersion `json:"version"`

	General        any                 `json:"general,omitempty"`
	Application    any                 `json:"application,omitempty"`
	Infrastructure any                 `json:"infrastructure,omitempty"`
	Integrations   any                 `json:"integrations,omitempty"`
	Features       any                 `json:"features,omitempty"`
	Performance    any                 `json:"performance,omitempty"`
	Logging        any                 `json:"logging,omitempty"`
	Backup         any                 `json:"backup,omitempty"`
	Maintenance    any                 `json:"maintenance,omitempty"`
	Variables      []lockstep.Variable `json:"variables"` // of all levels, as they win
	Problems       []lockstep.Problem  `json:"problems"`  // with which nothing can be deployed
}

// Config reads an environment's configuration. Secrets are redacted, unless
// reveal asks for them, which is noted.
func (c *Control) Config(ctx context.Context, by By, projectName, idOrName string, reveal bool) (ConfigReport, error) {
	read := func(tx Tx) (ConfigReport, error) {
		list, err := c.variables(ctx, tx, by, projectName, idOrName, VariableQuery{Reveal: reveal})
		if err != nil {
			return ConfigReport{}, err
		}
		env, err := environment(tx, projectName, idOrName)
		if err != nil {
			return ConfigReport{}, err
		}
		v, err := tx.ConfigVersion(env.ID, 0)
		v.Document.Variables = config.Redact(v.Document.Variables)
		s := v.Document.Sections
		return ConfigReport{
			EnvironmentID: env.ID, Running: list.Running, Latest: v.Number, Version: v,
			General: s[lockstep.SectionGeneral], Application: s[lockstep.SectionApplication], Infrastructure: s[lockstep.SectionInfrastructure],
			Integrations: s[lockstep.SectionIntegrations], Features: s[lockstep.SectionFeatures], Performance: s[lockstep.SectionPerformance],
			Logging: s[lockstep.SectionLogging], Backup: s[lockstep.SectionBackup], Maintenance: s[lockstep.SectionMaintenance],
			Variables: list.Variables, Problems: list.Problems,
		}, err
	}
	if reveal {
		return revealing(ctx, c, read)
	}
	return view(ctx, c, read)
}
