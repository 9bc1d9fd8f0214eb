package lockstep

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// SyncType is A's: what a sync brings over.
type SyncType string

// The types.
const (
	SyncFull          SyncType = "full"           // variables, services and sections
	SyncPartial       SyncType = "partial"        // of these what Include names
	SyncVariablesOnly SyncType = "variables_only" // variables of every scope
	SyncServicesOnly  SyncType = "services_only"  // services' overrides, and the variables of one service each
	SyncConfigOnly    SyncType = "config_only"    // the sections
)

// SyncTypes lists A's types.
func SyncTypes() []SyncType {
	return []SyncType{SyncFull, SyncPartial, SyncVariablesOnly, SyncServicesOnly, SyncConfigOnly}
}

// ParseSyncType reads a type as it is written, B's names too: config is a full
// one; data and both are CodeUnsupported. "" is full, or partial where
// something is to be included.
func ParseSyncType(name string, including bool) (SyncType, error) {
	switch name {
	case "":
		if including {
			return SyncPartial, nil
		}
		return SyncFull, nil
	case "config":
		return SyncFull, nil
	case "data", "both":
		return "", Errorf(CodeUnsupported, "a sync of type %s copies data, and this version of Lockstep syncs configuration only: use --type config, and copy the data by your database's own tools", name)
	}
	if t := SyncType(name); slices.Contains(SyncTypes(), t) {
		return t, nil
	}
	names := make([]string, 0, len(SyncTypes()))
	for _, t := range SyncTypes() {
		names = append(names, string(t))
	}
	return "", Invalid("syncType", "there is no sync of type %q: use %s, or config", name, strings.Join(names, ", "))
}

// SyncStatus is A's: how a sync stands.
type SyncStatus string

// The states. A sync is running from the moment at which it is asked for: it
// waits for its turn where something else works on one of its environments.
// What is cancelled, or failed, has changed nothing.
const (
	SyncRunning   SyncStatus = "running"
	SyncCompleted SyncStatus = "completed"
	SyncFailed    SyncStatus = "failed"
	SyncCancelled SyncStatus = "cancelled"
)

// SyncStatuses lists the states.
func SyncStatuses() []SyncStatus {
	return []SyncStatus{SyncRunning, SyncCompleted, SyncFailed, SyncCancelled}
}

// ConfigSyncOptions are how a sync is asked for. Of the two environments one
// stands in the address, the other is named here: a source is synced from, a
// target to. Patterns are of paths (variables.backend.LOG_LEVEL): * stands for
// any text, one without a dot is of the last part alone, and one that ends at
// a dot of a path holds for all below it.
type ConfigSyncOptions struct {
	SyncType            SyncType `json:"syncType,omitempty"`
	SyncedBy            string   `json:"syncedBy,omitempty"` // of A; the token's name is what counts
	SourceEnvironmentID string   `json:"sourceEnvironmentId,omitempty"`
	TargetEnvironmentID string   `json:"targetEnvironmentId,omitempty"`
	Include             []string `json:"include,omitempty"`
	Exclude             []string `json:"exclude,omitempty"`
	IncludeSpecific     bool     `json:"includeSpecific,omitempty"` // what differs by intention, too
	Description         string   `json:"description,omitempty"`
	ApplyImmediately    bool     `json:"applyImmediately,omitempty"` // by a deployment of what runs, with the new configuration

	// What a plan was made from, where there was one: configurations by their
	// numbers. At another target's the sync is refused; the source's is what is
	// brought over, whatever came after it. 0: the newest.
	SourceVersion int64 `json:"sourceVersion,omitempty"`
	TargetVersion int64 `json:"targetVersion,omitempty"`
}

// Sync is what an operation of kind sync is about.
type Sync struct {
	SourceID string   `json:"sourceEnvironmentId"`
	Source   string   `json:"source"` // name
	TargetID string   `json:"targetEnvironmentId"`
	Target   string   `json:"target"`
	Type     SyncType `json:"syncType"`
}

// SyncResult is a sync as A shows it: what it changed, or would.
type SyncResult struct {
	ID                  string         `json:"id"` // of the operation; "" of a plan
	ProjectID           string         `json:"projectId"`
	SourceEnvironmentID string         `json:"sourceEnvironmentId"` // "": it was deleted since
	TargetEnvironmentID string         `json:"targetEnvironmentId"`
	Source              string         `json:"source"` // name
	Target              string         `json:"target"`
	SyncType            SyncType       `json:"syncType"`
	Status              SyncStatus     `json:"status"`
	Changes             []ConfigChange `json:"changes"`
	StartedAt           time.Time      `json:"startedAt"`
	CompletedAt         *time.Time     `json:"completedAt,omitempty"`
	Duration            Duration       `json:"duration,omitempty"` // milliseconds
	StartedBy           string         `json:"startedBy"`
	Error               string         `json:"error,omitempty"`

	Options       ConfigSyncOptions `json:"options,omitzero"`
	SourceVersion int64             `json:"sourceVersion"`          // the configuration that was brought over
	TargetVersion int64             `json:"targetVersion"`          // the one that it was laid over
	NewVersion    int64             `json:"newVersion,omitempty"`   // what became of it; 0: nothing changed
	DeploymentID  string            `json:"deploymentId,omitempty"` // of ApplyImmediately
	Undone        *SyncUndone       `json:"undone,omitempty"`
}

// SyncUndone says that a sync was taken back.
type SyncUndone struct {
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Version int64     `json:"version"` // the configuration that says again what was before
}

// Settled is the result with the status of each change as the sync's own
// implies it: what did not happen is not pending.
func (r SyncResult) Settled() SyncResult {
	end := map[SyncStatus]ConfigChangeStatus{SyncCompleted: ChangeApplied, SyncFailed: ChangeFailed, SyncCancelled: ChangeSkipped}[r.Status]
	if end == "" {
		return r
	}
	r.Changes = slices.Clone(r.Changes)
	for i := range r.Changes {
		if r.Changes[i].Status == ChangePending {
			r.Changes[i].Status = end
		}
	}
	return r
}

// Said is what a sync did, in a line.
func (r SyncResult) Said() string {
	applied, skipped := 0, 0
	for _, c := range r.Changes {
		switch c.Status {
		case ChangeApplied, ChangePending:
			applied++
		case ChangeSkipped:
			skipped++
		case ChangeFailed:
		}
	}
	text := fmt.Sprintf("%s says what %s said in configuration %d: ", r.Target, r.Source, r.SourceVersion)
	switch {
	case r.NewVersion == 0:
		text = fmt.Sprintf("%s says it already: nothing changed", r.Target)
	case applied == 1:
		text += fmt.Sprintf("1 change, configuration %d", r.NewVersion)
	default:
		text += fmt.Sprintf("%d changes, configuration %d", applied, r.NewVersion)
	}
	switch {
	case skipped == 1:
		text += "; 1 left as it is"
	case skipped > 1:
		text += fmt.Sprintf("; %d left as they are", skipped)
	}
	return text
}

// SyncStatusOf is the state of a sync whose operation is in another.
func SyncStatusOf(s OperationStatus) SyncStatus {
	switch s {
	case StatusCompleted:
		return SyncCompleted
	case StatusFailed, StatusRolledBack:
		return SyncFailed
	case StatusCancelled:
		return SyncCancelled
	case StatusPending, StatusPendingApproval, StatusRunning:
	}
	return SyncRunning
}
