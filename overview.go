package lockstep

import "time"

// Overview is a project at a glance: where what runs, whether it is well, what
// is on its way and what waits.
type Overview struct {
	ProjectID    string            `json:"projectId"`
	Project      string            `json:"project"`
	At           time.Time         `json:"at"`
	Pipeline     []string          `json:"pipeline"` // names of environments, from left to right
	Live         LivePointer       `json:"live"`
	Counts       OverviewCounts    `json:"counts"`
	Environments []EnvironmentCard `json:"environments"` // the pipeline's first, in its order; then by name
	Recent       []HistoryEntry    `json:"recent"`       // the newest first
	Approvals    []Approval        `json:"approvals"`    // the oldest first
	Unknown      string            `json:"unknown,omitempty"`
}

// LivePointer is where a project's live address leads.
type LivePointer struct {
	Host          string     `json:"host"`
	EnvironmentID string     `json:"environmentId,omitempty"` // "": nowhere yet
	Environment   string     `json:"environment,omitempty"`
	Epoch         int64      `json:"epoch"`
	Since         *time.Time `json:"since,omitempty"`
	By            string     `json:"by,omitempty"`
	Adrift        bool       `json:"adrift,omitempty"` // it may lead elsewhere until a switch completes
}

// OverviewCounts counts environments, and what wants attention.
type OverviewCounts struct {
	Environments int `json:"environments"`
	Active       int `json:"active"`
	Deploying    int `json:"deploying"`
	Unwell       int `json:"unwell"` // failed, or with a health score below 100
	Alerts       int `json:"alerts"` // that fire
	Approvals    int `json:"approvals"`
	Scheduled    int `json:"scheduled"` // deployments that wait for their time
}

// EnvironmentRole is where an environment stands in the picture of a project.
type EnvironmentRole string

// The roles. A tag says the last three: role=disaster-recovery, role=edge,
// role=ephemeral; what is of type preview is ephemeral without it.
const (
	RoleLive             EnvironmentRole = "live"    // the live address leads to it
	RoleStandby          EnvironmentRole = "standby" // of type production, and not live: the other colour
	RoleStage            EnvironmentRole = "stage"   // of the pipeline
	RoleOther            EnvironmentRole = "other"
	RoleDisasterRecovery EnvironmentRole = "disaster_recovery"
	RoleEdge             EnvironmentRole = "edge"
	RoleEphemeral        EnvironmentRole = "ephemeral"
)

// EnvironmentRoles lists the roles.
func EnvironmentRoles() []EnvironmentRole {
	return []EnvironmentRole{RoleLive, RoleStandby, RoleStage, RoleOther, RoleDisasterRecovery, RoleEdge, RoleEphemeral}
}

// EnvironmentCard is an environment at a glance.
type EnvironmentCard struct {
	ID               string            `json:"id"`
	Name             string            `json:"name"`
	Type             EnvironmentType   `json:"type"`
	Status           EnvironmentStatus `json:"status"`
	Description      string            `json:"description,omitempty"`
	Tags             []string          `json:"tags,omitempty"`
	Role             EnvironmentRole   `json:"role"`
	Stage            int               `json:"stage,omitempty"` // its place in the pipeline, from 1; 0: none
	Region           string            `json:"region,omitempty"`
	SecondaryRegion  string            `json:"secondaryRegion,omitempty"`
	Parent           string            `json:"parent,omitempty"` // whose variables it has, too
	Current          bool              `json:"current"`
	Version          string            `json:"version,omitempty"`
	RevisionID       string            `json:"revisionId,omitempty"`
	WarmRevisionID   string            `json:"warmRevisionId,omitempty"` // kept up for an instant rollback
	WarmUntil        *time.Time        `json:"warmUntil,omitempty"`
	StoppedAt        *time.Time        `json:"stoppedAt,omitempty"`
	Maintenance      bool              `json:"maintenance,omitempty"`
	ApprovalRequired bool              `json:"approvalRequired,omitempty"`
	Health           *HealthSummary    `json:"health,omitempty"` // as it was seen last; nil where nothing serves or was seen
	Behind           *Behind           `json:"behind,omitempty"` // of a stage with another before it in which something runs
	Traffic          []TrafficShare    `json:"traffic"`          // of this moment, the largest first
	Requests         float64           `json:"requestsPerSecond"`
	Errors           float64           `json:"errorsPerSecond"`
	ActiveUsers      int64             `json:"activeUsers"` // distinct clients of the last five minutes
	Unknown          string            `json:"unknown,omitempty"`
	Operation        *RunningOperation `json:"operation,omitempty"`
	LastDeployment   *LastDeployment   `json:"lastDeployment,omitempty"`
	LastActivity     *HistoryEntry     `json:"lastActivity,omitempty"`
	Alerts           int               `json:"alerts,omitempty"`    // that fire
	Approvals        int               `json:"approvals,omitempty"` // that wait
}
