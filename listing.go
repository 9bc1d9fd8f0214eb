package lockstep

// EventFilter narrows a stream; empty fields match everything.
type EventFilter struct {
	ProjectID     string
	EnvironmentID string
	OperationID   string
}

// Page asks for a part of a list. Cursor is what the page before returned.
type Page struct {
	Cursor string
	Limit  int // 1 to 200; 0: 50
}

// DeploymentFilter narrows a list of deployments; empty fields match everything.
type DeploymentFilter struct {
	ProjectID     string
	EnvironmentID string
	Status        OperationStatus
	Version       string
}

// Counts are the sizes of the tables, for the server's own status.
type Counts struct {
	Environments int64 `json:"environments"`
	Deployments  int64 `json:"deployments"`
	Releases     int64 `json:"releases"`
	Events       int64 `json:"events"`
}
