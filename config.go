package lockstep

import "time"

// ConfigVersion is an immutable, numbered snapshot of an environment's
// configuration. Number 1 comes from the matrix.
type ConfigVersion struct {
	ID            string         `json:"id"`
	EnvironmentID string         `json:"environmentId"`
	Number        int64          `json:"number"`
	Document      ConfigDocument `json:"document"`
	Hash          string         `json:"hash"` // Hash(Document)
	Author        string         `json:"author"`
	Message       string         `json:"message"`
	CreatedAt     time.Time      `json:"createdAt"`
}

// ConfigDocument is what an environment says over a release: variables for
// each service, and overrides of the release's service specs.
type ConfigDocument struct {
	Services map[string]ServiceConfig `json:"services,omitempty"`
}

// ServiceConfig is the configuration of one service in one environment. Env
// is complete (the project's variables with the environment's over them);
// the other fields override the release's spec where they are set.
type ServiceConfig struct {
	Env       map[string]string `json:"env,omitempty"`
	Command   []string          `json:"command,omitempty"`
	Routes    []string          `json:"routes,omitzero"` // empty: not reached from outside
	Health    *HealthSpec       `json:"health,omitempty"`
	Resources *Resources        `json:"resources,omitempty"`
	Validate  []string          `json:"validate,omitzero"` // empty: no paths are checked
	User      string            `json:"user,omitempty"`
}
