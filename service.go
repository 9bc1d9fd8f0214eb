package lockstep

import (
	"maps"
	"slices"
	"time"
)

// ServiceType is what a service is. App is ours; the others are A's.
type ServiceType string

// The types.
const (
	ServiceApp        ServiceType = "app" // deployed by us
	ServiceDatabase   ServiceType = "database"
	ServiceCache      ServiceType = "cache"
	ServiceStorage    ServiceType = "storage"
	ServiceQueue      ServiceType = "queue"
	ServiceAPI        ServiceType = "api"
	ServiceCDN        ServiceType = "cdn"
	ServiceSearch     ServiceType = "search" // of A's dashboard
	ServiceMonitoring ServiceType = "monitoring"
	ServiceCustom     ServiceType = "custom"
)

// ServiceSpec says how one app service runs. In a Release it is what the
// matrix said when the release was made; in a Revision the environment's
// overrides, variables and {{version}} are filled in.
//
// Placeholders in Command, Env and Health.Path that the runtime fills in:
// {{port}}, {{environment}}, {{project}}. {{version}} is filled when the
// revision is frozen, so a service that names it differs from release to
// release, and one that does not is shared by revisions that do not change it.
type ServiceSpec struct {
	Name     string            `json:"name"`
	Artifact string            `json:"artifact,omitempty"` // blob digest; "" where the command needs no files
	Image    string            `json:"image,omitempty"`
	Command  []string          `json:"command,omitempty"`
	Port     int               `json:"port,omitempty"` // inside a container; a process gets a free one
	Routes   []string          `json:"routes"`         // path prefixes; default "/"; empty: not reached from outside
	Env      map[string]string `json:"env,omitempty"`
	// Of a revision: variables with secrets in them, which are put in on the
	// way to the instance and nowhere before.
	SecretEnv map[string]SecretText `json:"secretEnv,omitempty"`
	// Of a revision: those of Env and SecretEnv of which the instance gets the
	// path of a file with the value, and not the value.
	FileEnv   []string   `json:"fileEnv,omitempty"`
	Health    HealthSpec `json:"health"`
	Resources Resources  `json:"resources,omitzero"`
	DependsOn []string   `json:"dependsOn,omitempty"`
	Validate  []string   `json:"validate,omitempty"`  // paths that must answer 2xx before and after traffic moves (standard and up)
	User      string     `json:"user,omitempty"`      // process runtime as root: run as this user
	StopGrace Duration   `json:"stopGrace,omitempty"` // from SIGTERM to SIGKILL; default 10 seconds
}

// HealthSpec says when an instance is ready. No path: a TCP connection is enough.
type HealthSpec struct {
	Path           string   `json:"path,omitempty"`
	Interval       Duration `json:"interval,omitempty"`       // default 1s; 100ms until first ready
	Timeout        Duration `json:"timeout,omitempty"`        // default 1s
	HealthyAfter   int      `json:"healthyAfter,omitempty"`   // default 1
	UnhealthyAfter int      `json:"unhealthyAfter,omitempty"` // default 3
	StartTimeout   Duration `json:"startTimeout,omitempty"`   // default 30s
}

// Resources are limits as Kubernetes writes them ("500m", "256Mi").
type Resources struct {
	CPU    string `json:"cpu,omitempty"`
	Memory string `json:"memory,omitempty"`
}

// The defaults of HealthSpec and of stopping.
const (
	DefaultHealthInterval = time.Second
	DefaultHealthTimeout  = time.Second
	DefaultStartTimeout   = 30 * time.Second
	DefaultStopGrace      = 10 * time.Second
	DefaultDrainTimeout   = 30 * time.Second
	DefaultHoldTimeout    = 30 * time.Second
	DefaultWarmFor        = 10 * time.Minute
	DefaultPause          = 30 * time.Second
	DefaultDeadline       = 10 * time.Minute
	DefaultStableFor      = 2 * time.Second
)

// SecretRefs are the values that instances of the service need, each once.
func (s ServiceSpec) SecretRefs() []SecretRef {
	var out []SecretRef
	for _, name := range slices.Sorted(maps.Keys(s.SecretEnv)) {
		for _, ref := range s.SecretEnv[name].Refs() {
			if !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
	}
	return out
}

// WithSecrets is the spec with the values that its instances need in it: it
// goes to them, and nowhere else.
func (s ServiceSpec) WithSecrets(values map[SecretRef]Sensitive) ServiceSpec {
	if len(s.SecretEnv) == 0 {
		return s
	}
	opened := make(map[string]SecretText, len(s.SecretEnv))
	for name, text := range s.SecretEnv {
		opened[name] = text.With(values)
	}
	s.SecretEnv = opened
	return s
}
