package lockstep

// ResolvedConfig is what the services of an environment get: the variables of
// all levels as they win, with everything put in that is known before an
// instance starts.
type ResolvedConfig struct {
	Project       string                     `json:"project"`
	Environment   string                     `json:"environment"`
	EnvironmentID string                     `json:"environmentId"`
	Config        int64                      `json:"config"`            // number of the config version
	Release       string                     `json:"release,omitempty"` // "" where nothing runs
	Runs          bool                       `json:"runs"`              // it is what was deployed, and not only recorded
	Services      map[string]ResolvedService `json:"services"`
}

// ResolvedService is what one service gets. {{port}} stays in values: the port
// is known when an instance starts.
type ResolvedService struct {
	Env     map[string]string `json:"env"`               // Redacted where it is a secret, or has one in it, and secrets were not asked for
	Secrets []string          `json:"secrets,omitempty"` // the keys of those
	Files   []string          `json:"files,omitempty"`   // keys of which an instance gets the path of a file with the value
}
