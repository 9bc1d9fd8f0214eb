package lockstep

import "time"

// StatusReport is A's getEnvironmentStatus: one environment as it is now.
type StatusReport struct {
	ID              string              `json:"id"`
	Name            string              `json:"name"`
	Type            EnvironmentType     `json:"type"`
	Status          EnvironmentStatus   `json:"status"`
	Health          HealthSummary       `json:"health"`
	Services        []ServiceStatus     `json:"services"`
	Variables       int                 `json:"variables"`
	VariableCounts  VariableCounts      `json:"variableCounts"`
	Settings        GeneralSettings     `json:"settings"`
	StoppedAt       *time.Time          `json:"stoppedAt,omitempty"`   // Revision does not run since
	Maintenance     *Maintenance        `json:"maintenance,omitempty"` // what users are told
	LastDeployment  *LastDeployment     `json:"lastDeployment,omitempty"`
	Revision        *Revision           `json:"revision,omitempty"`
	Warm            *Revision           `json:"warm,omitempty"` // kept for an instant rollback, and up as far as its host can be asked
	Traffic         []Split             `json:"traffic"`
	RunningConfig   int64               `json:"runningConfig"` // 0 before the first deployment
	LatestConfig    int64               `json:"latestConfig"`
	NotDeployed     []string            `json:"notDeployed,omitempty"` // what is recorded and does not run yet, for people
	Addresses       []string            `json:"addresses"`
	Certificates    []Certificate       `json:"certificates,omitempty"` // of its domains, where the edge speaks HTTPS
	Edge            *EdgeStats          `json:"edge,omitempty"`         // nil where the host cannot be reached
	Metrics         *EnvironmentMetrics `json:"metrics,omitempty"`      // of 24 hours, without a series
	Monitoring      *MonitoringStatus   `json:"monitoring,omitempty"`
	Operations      []Operation         `json:"operations"`                // running and queued, without steps
	Alerts          []Alert             `json:"alerts,omitempty"`          // that are pending, or fire
	Quarantined     []Quarantine        `json:"quarantined,omitempty"`     // revisions that were rolled back here, the latest first
	Automation      *AutomationWait     `json:"automation,omitempty"`      // what automation would deploy, and waits with
	UnreachableHost string              `json:"unreachableHost,omitempty"` // why instances and traffic are unknown
	Takeover        *Takeover           `json:"takeover,omitempty"`        // whether it could take the project's live address over now; nil of the current environment, and where nothing was ever deployed
}

// VariableCounts counts an environment's variables, of all levels, as they win.
type VariableCounts struct {
	Total     int `json:"total"`
	Public    int `json:"public"`
	Sensitive int `json:"sensitive"` // sealed
	Required  int `json:"required"`
	Missing   int `json:"missing"` // required, and without a value: no deployment goes with these
}

// GeneralSettings are those that A's dashboard shows. Region and time zone are
// those of the newest configuration, else the matrix's and UTC.
type GeneralSettings struct {
	Type            EnvironmentType `json:"type"`
	Region          string          `json:"region,omitempty"`
	TimeZone        string          `json:"timeZone"`
	DebugMode       bool            `json:"debugMode"`
	MaintenanceMode bool            `json:"maintenanceMode"`
}

// HealthSummary is how an environment is, in a word and a few figures: the
// same wherever it is shown. Score is HealthScore over the services and
// dependencies; 0 where nothing counts.
type HealthSummary struct {
	Status  string `json:"status"` // one of the words below
	Score   int    `json:"score"`
	Worst   string `json:"worst,omitempty"` // the service that costs the score most
	Ready   int    `json:"ready"`
	Desired int    `json:"desired"`
}

// The words of HealthSummary.Status. They are of the worst of all that counts,
// instances and dependencies alike.
const (
	WellHealthy   = "healthy"
	WellDegraded  = "degraded"  // works, beyond a limit or with fewer instances than wanted
	WellUnhealthy = "unhealthy" // something does not work: a service has no instance that is ready, or a dependency's check fails
	WellDown      = "down"      // no instance is ready
	WellUnknown   = "unknown"   // its host cannot be seen, and nothing else is known to be wrong
	WellIdle      = "idle"      // nothing is meant to run
)

// ServiceStatus is one service of an environment.
type ServiceStatus struct {
	Name      string         `json:"name"`
	Type      ServiceType    `json:"type"`
	Enabled   bool           `json:"enabled"` // false: switched off; not started, not checked, gating nothing
	Managed   bool           `json:"managed"` // false: recorded and not checked, gating nothing
	Ready     int            `json:"ready"`
	Desired   int            `json:"desired"`
	Instances []Instance     `json:"instances,omitempty"`
	Health    *ServiceHealth `json:"health,omitempty"` // of a dependency that is checked
}
