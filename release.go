package lockstep

import (
	"regexp"
	"time"
)

// Release is a version of a project: what was built, and how it runs.
// It is immutable; a version is used once.
type Release struct {
	ID        string        `json:"id"`
	ProjectID string        `json:"projectId"`
	Version   string        `json:"version"`
	Services  []ServiceSpec `json:"services"` // Artifact holds the uploaded blob's digest
	Notes     string        `json:"notes,omitempty"`
	Source    ReleaseSource `json:"source,omitzero"`
	CreatedAt time.Time     `json:"createdAt"`
	CreatedBy string        `json:"createdBy"`

	Quarantined []Quarantine `json:"quarantined,omitempty"` // in lists only: where it was rolled back
	RunsIn      []ReleaseRun `json:"runsIn,omitempty"`      // in lists only: where it is active, by name
}

// ReleaseRun is an environment in which a release is active.
type ReleaseRun struct {
	EnvironmentID string     `json:"environmentId"`
	Environment   string     `json:"environment"`
	Since         *time.Time `json:"since,omitempty"`
	DeploymentID  string     `json:"deploymentId,omitempty"`
	Current       bool       `json:"current,omitempty"` // the live address leads there
	Stopped       bool       `json:"stopped,omitempty"`
}

// ReleaseDiff is in what a release differs from another one.
type ReleaseDiff struct {
	From     ReleaseSummary   `json:"from"`
	To       ReleaseSummary   `json:"to"`
	Releases []ReleaseSummary `json:"releases"` // made after the older one, up to the newer one, the newest first; at most 200
	Services []ServiceDiff    `json:"services"` // all of either, by name
}

// ReleaseSummary is a release without what it is made of.
type ReleaseSummary struct {
	Version   string        `json:"version"`
	Notes     string        `json:"notes,omitempty"`
	Source    ReleaseSource `json:"source,omitzero"`
	CreatedAt time.Time     `json:"createdAt"`
	CreatedBy string        `json:"createdBy"`
}

// Summary is the release without what it is made of.
func (r Release) Summary() ReleaseSummary {
	return ReleaseSummary{Version: r.Version, Notes: r.Notes, Source: r.Source, CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy}
}

// ServiceDiff is in what a service differs.
type ServiceDiff struct {
	Name     string         `json:"name"`
	Change   ServiceChange  `json:"change"`
	Artifact bool           `json:"artifact,omitempty"` // it has other files
	Changes  []ConfigChange `json:"changes"`            // by path: command, env.LOG_LEVEL, health.path
}

// ServiceChange says what became of a service.
type ServiceChange string

// The changes.
const (
	ServiceAdded   ServiceChange = "added"
	ServiceRemoved ServiceChange = "removed"
	ServiceChanged ServiceChange = "changed"
	ServiceSame    ServiceChange = "same"
)

// ServiceChanges lists the changes.
func ServiceChanges() []ServiceChange {
	return []ServiceChange{ServiceAdded, ServiceRemoved, ServiceChanged, ServiceSame}
}

// ReleaseSource says where the artifacts came from.
type ReleaseSource struct {
	Repository string `json:"repository,omitempty"`
	Commit     string `json:"commit,omitempty"`
	Branch     string `json:"branch,omitempty"`
}

var versionShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$`)

// ValidateVersion checks that a version can stand in a path and a label.
func ValidateVersion(v string) error {
	if !versionShape.MatchString(v) {
		return Invalid("version", "version %q: use up to 128 letters, digits, dots, hyphens, underscores and plus signs, starting with a letter or digit", v)
	}
	return nil
}
