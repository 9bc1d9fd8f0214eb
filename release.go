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
