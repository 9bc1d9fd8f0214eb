package lockstep

import "time"

// DeploymentProgress is how a deployment came in: which share of the requests
// each revision got when, and how each has done beside the other.
type DeploymentProgress struct {
	DeploymentID string           `json:"deploymentId"`
	Environment  string           `json:"environment"`
	Status       OperationStatus  `json:"status"`
	From         time.Time        `json:"from"`
	Until        time.Time        `json:"until"`
	Step         Duration         `json:"stepMs"`            // of the series
	Weights      []WeightsAt      `json:"weights"`           // each holds until the next
	Revisions    []RevisionSeries `json:"revisions"`         // the new one first; those that served
	Held         *Duration        `json:"heldMs,omitempty"`  // how long requests were held
	Unknown      string           `json:"unknown,omitempty"` // why what happens now is not among the figures
}

// WeightsAt are the shares of the requests from a moment on.
type WeightsAt struct {
	At     time.Time     `json:"at"`
	Step   int           `json:"step,omitempty"` // of the plan; 0: before it
	Name   string        `json:"name,omitempty"` // of the step
	Phase  Phase         `json:"phase,omitempty"`
	Shares []WeightShare `json:"shares"` // empty: requests were answered by nobody, or held
}

// WeightShare is what a revision gets.
type WeightShare struct {
	RevisionID string       `json:"revisionId"`
	Hash       string       `json:"hash,omitempty"`
	Version    string       `json:"version,omitempty"`
	Role       RevisionRole `json:"role"`
	Percent    float64      `json:"percent"`
}

// RevisionRole is what a revision is to a deployment.
type RevisionRole string

// The roles.
const (
	RevisionNew   RevisionRole = "new" // that the deployment brings
	RevisionOld   RevisionRole = "old" // that served before
	RevisionOther RevisionRole = "other"
)

// RevisionRoles lists the roles.
func RevisionRoles() []RevisionRole {
	return []RevisionRole{RevisionNew, RevisionOld, RevisionOther}
}

// RevisionSeries is how one revision has done meanwhile.
type RevisionSeries struct {
	MetricSeries
	Role RevisionRole `json:"role"`
}
