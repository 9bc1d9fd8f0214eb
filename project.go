package lockstep

import (
	"slices"
	"time"
)

// DefaultProject is the project of a matrix that names none.
const DefaultProject = "default"

// Project is a product whose environments are managed. Its matrix is the
// file last applied, byte for byte; MatrixVersion counts its changes and is
// what If-Match compares.
type Project struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	Matrix        []byte     `json:"-"`
	MatrixVersion int64      `json:"matrixVersion"`
	Pipeline      []string   `json:"pipeline,omitempty"`
	CurrentID     string     `json:"currentEnvironmentId,omitempty"` // the live environment; set by the first completed production deployment, moved by a switch
	CurrentEpoch  int64      `json:"currentEpoch"`                   // grows with each change of CurrentID
	CurrentSince  *time.Time `json:"currentSince,omitempty"`
	CurrentBy     string     `json:"currentBy,omitempty"`           // who asked for what made it current
	AdriftID      string     `json:"adriftEnvironmentId,omitempty"` // where the live address may lead instead: a switch to there failed and could not be taken back
	CreatedAt     time.Time  `json:"createdAt"`
	UpdatedAt     time.Time  `json:"updatedAt"`
}

// StageBefore is the stage that leads to another in a pipeline: empty where
// that one is the first. staged says whether it is a stage at all.
func StageBefore(pipeline []string, name string) (before string, staged bool) {
	i := slices.Index(pipeline, name)
	if i < 1 {
		return "", i == 0
	}
	return pipeline[i-1], true
}
