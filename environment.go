package lockstep

import (
	"regexp"
	"slices"
	"time"
)

// EnvironmentType is what an environment is for.
type EnvironmentType string

// The types (A).
const (
	TypeDevelopment EnvironmentType = "development"
	TypeTesting     EnvironmentType = "testing"
	TypeStaging     EnvironmentType = "staging"
	TypeProduction  EnvironmentType = "production"
	TypePreview     EnvironmentType = "preview"
	TypeCustom      EnvironmentType = "custom"
)

// EnvironmentTypes lists the types in pipeline order.
func EnvironmentTypes() []EnvironmentType {
	return []EnvironmentType{TypeDevelopment, TypeTesting, TypeStaging, TypeProduction, TypePreview, TypeCustom}
}

// EnvironmentStatus is the state of an environment; see EnvironmentTransitions.
type EnvironmentStatus string

// The states (A).
const (
	EnvironmentActive      EnvironmentStatus = "active"
	EnvironmentInactive    EnvironmentStatus = "inactive"
	EnvironmentMaintenance EnvironmentStatus = "maintenance"
	EnvironmentDeploying   EnvironmentStatus = "deploying"
	EnvironmentFailed      EnvironmentStatus = "failed"
	EnvironmentArchived    EnvironmentStatus = "archived"
)

// Environment is a place where releases of a project run. It is addressed by
// ID or by name, which is unique in its project.
type Environment struct {
	ID          string              `json:"id"`
	ProjectID   string              `json:"projectId"`
	Project     string              `json:"project"` // the project's name
	Name        string              `json:"name"`
	Type        EnvironmentType     `json:"type"`
	Status      EnvironmentStatus   `json:"status"`
	Description string              `json:"description"`
	Spec        EnvironmentSpec     `json:"spec"`
	HostID      string              `json:"hostId,omitempty"` // the machine that runs it; empty: any worker may act
	ActiveID    string              `json:"activeRevisionId,omitempty"`
	WarmID      string              `json:"warmRevisionId,omitempty"` // kept running so that a rollback is instant
	WarmUntil   *time.Time          `json:"warmUntil,omitempty"`
	StoppedAt   *time.Time          `json:"stoppedAt,omitempty"`   // the active revision does not run since, and is kept for a start
	Scaled      map[string]int      `json:"scaled,omitempty"`      // replicas, by service, that a scale or a start has brought since the last deployment
	Disabled    []string            `json:"disabled,omitempty"`    // services, by name, that are switched off until somebody enables them
	Maintenance *Maintenance        `json:"maintenance,omitempty"` // what users are told; nil outside of maintenance
	Metadata    EnvironmentMetadata `json:"metadata"`
	Health      *HealthSummary      `json:"health,omitempty"` // in lists only, as it was seen last; nil where nothing serves or was seen
	Behind      *Behind             `json:"behind,omitempty"` // in lists only, of a stage with another before it in which something runs
	CreatedAt   time.Time           `json:"createdAt"`
	UpdatedAt   time.Time           `json:"updatedAt"`
}

// ServingID is the revision that requests go to when nothing is under way: the
// active one, and "" where the environment is stopped.
func (e Environment) ServingID() string {
	if e.StoppedAt != nil {
		return ""
	}
	return e.ActiveID
}

// Enabled says that a service, or a dependency, is not switched off.
func (e Environment) Enabled(service string) bool { return !slices.Contains(e.Disabled, service) }

// ReplicasOf is how many instances of a service there should be: none where it
// is disabled, else as many as are recorded.
func (e Environment) ReplicasOf(service string) int {
	if !e.Enabled(service) {
		return 0
	}
	return e.Spec.ReplicasOf(service)
}

// DisabledWith is Disabled as it is once a service is enabled, or disabled.
func (e Environment) DisabledWith(service string, enabled bool) []string {
	var out []string
	for _, name := range e.Disabled {
		if name != service {
			out = append(out, name)
		}
	}
	if !enabled {
		out = append(out, service)
	}
	slices.Sort(out)
	return out
}

// EnvironmentMetadata is A's metadata block.
type EnvironmentMetadata struct {
	CreatedAt      time.Time       `json:"createdAt"`
	CreatedBy      string          `json:"createdBy"`
	Version        string          `json:"version"` // the release that runs; "" before the first
	Tags           []string        `json:"tags,omitempty"`
	LastDeployment *LastDeployment `json:"lastDeployment,omitempty"`
	UpSince        *time.Time      `json:"upSince,omitempty"` // when it came up again after its last stop
	LastModified   *time.Time      `json:"lastModified,omitempty"`
	ModifiedBy     string          `json:"modifiedBy,omitempty"`
}

// LastDeployment is A's summary of the newest completed deployment.
type LastDeployment struct {
	Version      string    `json:"version"`
	DeployedAt   time.Time `json:"deployedAt"`
	DeployedBy   string    `json:"deployedBy"`
	DeploymentID string    `json:"deploymentId"`
}

var (
	nameShape       = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{1,28})[a-z0-9]$`)
	serviceShape    = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$`)
	reservedEnvName = []string{"current", "switch"}
)

// ValidateEnvironmentName checks B's rule (3 to 30 of a-z, 0-9 and -), that
// the name is a DNS label, and that no address of ours already uses it.
func ValidateEnvironmentName(name string) error {
	if !nameShape.MatchString(name) {
		return Invalid("name", "environment name %q: use 3 to 30 lower-case letters, digits and hyphens, not starting or ending with a hyphen", name)
	}
	if slices.Contains(reservedEnvName, name) {
		return Invalid("name", "environment name %q is reserved: choose another", name)
	}
	return nil
}

// ValidateProjectName applies the same shape to a project.
func ValidateProjectName(name string) error {
	if !nameShape.MatchString(name) {
		return Invalid("project", "project name %q: use 3 to 30 lower-case letters, digits and hyphens, not starting or ending with a hyphen", name)
	}
	return nil
}

// ValidateServiceName checks that a service can name a host and a variable.
func ValidateServiceName(name string) error {
	if !serviceShape.MatchString(name) {
		return Invalid("services", "service name %q: use at most 30 lower-case letters, digits and hyphens, starting with a letter", name)
	}
	return nil
}

// TypeFromName is the type of an environment whose name says it plainly
// ("production", "staging"), and custom otherwise.
func TypeFromName(name string) EnvironmentType {
	if t := EnvironmentType(name); slices.Contains(EnvironmentTypes(), t) {
		return t
	}
	return TypeCustom
}
