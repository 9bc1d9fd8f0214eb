package lockstep

import "time"

// DifferenceClass says what is to be thought of a difference between two
// environments.
type DifferenceClass string

// The classes.
const (
	DifferenceIntended   DifferenceClass = "intended"   // declared: of one environment, or of its type
	DifferenceUnpromoted DifferenceClass = "unpromoted" // changed in one of them and not brought to the other
	DifferenceDrifted    DifferenceClass = "drifted"    // within one: what runs is not what is stored
)

// DifferenceClasses lists the classes in the order in which they are shown.
func DifferenceClasses() []DifferenceClass {
	return []DifferenceClass{DifferenceUnpromoted, DifferenceDrifted, DifferenceIntended}
}

// ChangedIn says which side of a difference moved.
type ChangedIn string

// The sides. "" is not known.
const (
	ChangedInSource ChangedIn = "source"
	ChangedInTarget ChangedIn = "target"
	ChangedInBoth   ChangedIn = "both"
)

// Difference is one path in which two environments differ or, where it is
// drifted, in which what one of them runs is not what it stores. A value that
// is not there is nil; a sensitive one is Redacted.
type Difference struct {
	Path      string           `json:"path"` // variables.backend.LOG_LEVEL, general.timezone, services.backend.replicas, release
	Class     DifferenceClass  `json:"class"`
	Type      ConfigChangeType `json:"type"` // what would make the target the source; of a drifted one, what runs the stored
	Source    any              `json:"source,omitempty"`
	Target    any              `json:"target,omitempty"`
	Sensitive bool             `json:"sensitive,omitempty"`
	Reason    string           `json:"reason"` // why it is of this class, in words

	// Of an unpromoted one.
	ChangedIn    ChangedIn  `json:"changedIn,omitempty"`
	LastModified *time.Time `json:"lastModified,omitempty"` // of the side that moved; of the later one where both did
	ModifiedBy   string     `json:"modifiedBy,omitempty"`

	// Of a drifted one.
	Environment string `json:"environment,omitempty"` // name
	Stored      any    `json:"stored,omitempty"`
	Running     any    `json:"running,omitempty"`
}

// EnvironmentDiff is how two environments differ.
type EnvironmentDiff struct {
	Source      DiffSide                `json:"source"`
	Target      DiffSide                `json:"target"`
	Base        *DiffBase               `json:"base,omitempty"` // nil: there was no sync between the two
	Differences []Difference            `json:"differences"`    // by class, then path
	Counts      map[DifferenceClass]int `json:"counts"`
	Same        int                     `json:"same"` // how many paths are the same in both
}

// DiffSide is one of two environments that are compared.
type DiffSide struct {
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	Type          EnvironmentType `json:"type"`
	Release       string          `json:"release,omitempty"` // that runs; "": none
	ConfigVersion int64           `json:"configVersion"`     // stored
	Running       int64           `json:"running,omitempty"` // the configuration that runs; 0: none
}

// DiffBase is when two environments were last brought together.
type DiffBase struct {
	SyncID string    `json:"syncId"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	From   string    `json:"from"` // name
	To     string    `json:"to"`
}
