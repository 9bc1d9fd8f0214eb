package lockstep

import "time"

// HealthStatus is whether a service is well (A's status of a health check).
type HealthStatus string

// The states.
const (
	HealthHealthy   HealthStatus = "healthy"
	HealthWarning   HealthStatus = "warning"   // works, beyond a limit or with fewer instances than wanted
	HealthUnhealthy HealthStatus = "unhealthy" // does not work
	HealthUnknown   HealthStatus = "unknown"   // not seen, or not yet often enough
)

// HealthStatuses lists the states, the best first.
func HealthStatuses() []HealthStatus {
	return []HealthStatus{HealthHealthy, HealthWarning, HealthUnhealthy, HealthUnknown}
}

// Up says that what is in this state works.
func (s HealthStatus) Up() bool { return s == HealthHealthy || s == HealthWarning }

// ServiceHealth is how one service of an environment is: an app service by
// the readiness of its instances, a dependency by its check.
type ServiceHealth struct {
	EnvironmentID string         `json:"environmentId,omitempty"`
	Name          string         `json:"name"`
	Type          ServiceType    `json:"type"`
	Managed       bool           `json:"managed"`            // false: nothing says how to check it; it counts for nothing
	Disabled      bool           `json:"disabled,omitempty"` // switched off; it counts for nothing
	Status        HealthStatus   `json:"status"`
	Serves        bool           `json:"serves,omitempty"`  // an app service that users' requests go to
	Ready         int            `json:"ready,omitempty"`   // instances of an app service
	Desired       int            `json:"desired,omitempty"` //
	Kind          CheckKind      `json:"kind,omitempty"`    // of a dependency
	Version       string         `json:"version,omitempty"` // as the service says: "PostgreSQL 16.4"
	Figure        string         `json:"figure,omitempty"`  // for people: "primary, 2 replicas"
	Message       string         `json:"message,omitempty"` // why it is not healthy, or what the next check has to confirm
	ResponseTime  *Duration      `json:"responseTime,omitempty"`
	Since         *time.Time     `json:"since,omitempty"`     // when it got into its state, as far as was observed
	CheckedAt     *time.Time     `json:"checkedAt,omitempty"` // the last time
	Metadata      map[string]any `json:"metadata,omitempty"`  // the figures behind Figure, by name
	Uptime        []Uptime       `json:"uptime,omitempty"`
}

// HealthChange is one row of A's environment_health_checks: a service got
// into another state.
type HealthChange struct {
	ID            string         `json:"id"`
	EnvironmentID string         `json:"environmentId"`
	Service       string         `json:"serviceName"`
	Status        HealthStatus   `json:"status"`
	ResponseTime  *Duration      `json:"responseTime,omitempty"`
	Message       string         `json:"errorMessage,omitempty"`
	CheckedAt     time.Time      `json:"checkedAt"`
	Metadata      map[string]any `json:"metadata,omitempty"`
}

// Uptime is the share of a window in which something worked. Time in which
// nobody looked is not observed: it counts as neither.
type Uptime struct {
	Window   Duration `json:"window"`            // 24 hours, 7 or 30 days
	Observed Duration `json:"observed"`          // of the window
	Percent  *float64 `json:"percent,omitempty"` // of what was observed; nil where nothing was
}

// HealthReport is A's getEnvironmentHealth.
type HealthReport struct {
	ID              string          `json:"id"`
	Name            string          `json:"name"`
	Status          HealthStatus    `json:"status"`          // of the worst service
	Summary         HealthSummary   `json:"summary"`         // the word and the figures that lists, status and dashboard show
	Score           *int            `json:"score,omitempty"` // 0 to 100; nil where nothing is known
	Worst           string          `json:"worst,omitempty"` // the service that costs the score most
	Services        []ServiceHealth `json:"services"`
	Uptime          []Uptime        `json:"uptime"`  // of what users' requests go to
	Changes         []HealthChange  `json:"changes"` // the latest first
	Alerts          []Alert         `json:"alerts"`
	UnreachableHost string          `json:"unreachableHost,omitempty"`
}

// UptimeWindows are the windows of an Uptime.
func UptimeWindows() []time.Duration {
	return []time.Duration{24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour}
}
