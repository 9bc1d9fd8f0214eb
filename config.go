package lockstep

import "time"

// ConfigVersion is an immutable, numbered snapshot of an environment's
// configuration. Number 1 comes from the matrix.
type ConfigVersion struct {
	ID            string         `json:"id"`
	EnvironmentID string         `json:"environmentId"`
	Number        int64          `json:"number"`
	Document      ConfigDocument `json:"document"`
	Hash          string         `json:"hash"` // Hash(Document)
	Author        string         `json:"author"`
	Message       string         `json:"message"`
	CreatedAt     time.Time      `json:"createdAt"`
}

// ConfigDocument is what an environment says over a release. It is complete:
// what is inherited stands in it as it was when the version was made, so that
// a version means the same for ever.
type ConfigDocument struct {
	Format    int                      `json:"format,omitempty"`    // ConfigFormat; 0 of those from before there were references: ${ is a text in them
	Services  map[string]ServiceConfig `json:"services,omitempty"`  // as the matrix says
	Variables []Variable               `json:"variables,omitempty"` // of every level, in the order in which the later win
	Sections  map[ConfigSection]any    `json:"sections,omitempty"`  // A's EnvironmentConfig
}

// ConfigFormat is the format of the documents that are made now.
const ConfigFormat = 1

// ConfigSection is one of the nine sections of A's EnvironmentConfig.
type ConfigSection string

// The sections. Features are feature flags; the others say what their names
// say, each by its JSON Schema.
const (
	SectionGeneral        ConfigSection = "general"
	SectionApplication    ConfigSection = "application"
	SectionInfrastructure ConfigSection = "infrastructure"
	SectionIntegrations   ConfigSection = "integrations"
	SectionFeatures       ConfigSection = "features"
	SectionPerformance    ConfigSection = "performance"
	SectionLogging        ConfigSection = "logging"
	SectionBackup         ConfigSection = "backup"
	SectionMaintenance    ConfigSection = "maintenance"
)

// ConfigSections lists them in A's order.
func ConfigSections() []ConfigSection {
	return []ConfigSection{
		SectionGeneral, SectionApplication, SectionInfrastructure, SectionIntegrations, SectionFeatures,
		SectionPerformance, SectionLogging, SectionBackup, SectionMaintenance,
	}
}

// ConfigUpdate changes the newest configuration of an environment. What it
// does not name stays.
type ConfigUpdate struct {
	Sections  map[ConfigSection]any `json:"sections,omitempty"`  // a merge patch (RFC 7396): null removes
	Variables []VariableChange      `json:"variables,omitempty"` // of the environment itself
	Options   ConfigUpdateOptions   `json:"options,omitzero"`
}

// VariableChange writes one variable of an owner, or removes it. Fields that
// are nil keep what is stored, or get their default where nothing is.
type VariableChange struct {
	Key          string              `json:"key"`
	Scope        VariableScope       `json:"scope,omitempty"` // global
	Target       string              `json:"target,omitempty"`
	Remove       bool                `json:"remove,omitempty"`
	Value        *string             `json:"value,omitempty"`
	Type         *VariableType       `json:"type,omitempty"`
	Sensitive    *bool               `json:"sensitive,omitempty"`
	Required     *bool               `json:"required,omitempty"`
	Description  *string             `json:"description,omitempty"`
	DefaultValue *string             `json:"defaultValue,omitempty"`
	Validation   *VariableValidation `json:"validation,omitempty"`
	Source       VariableSource      `json:"source,omitempty"` // manual

	// Copy takes a secret's value as it is sealed from another one: nobody
	// sees it in between.
	Copy *SecretRef `json:"copy,omitempty"`
}

// ConfigUpdateOptions are A's.
type ConfigUpdateOptions struct {
	UpdatedBy           string `json:"updatedBy,omitempty"` // of A; the token's name is what counts
	Description         string `json:"description,omitempty"`
	ApplyImmediately    bool   `json:"applyImmediately,omitempty"`    // by a deployment of what runs, with the new configuration
	CreateBackup        *bool  `json:"createBackup,omitempty"`        // every version stays: true is all there is
	ValidateBeforeApply *bool  `json:"validateBeforeApply,omitempty"` // true; false is refused
	RotateSecrets       bool   `json:"rotateSecrets,omitempty"`       // a secret gets a new version even where its value is what it was
	BaseVersion         int64  `json:"baseVersion,omitempty"`         // refused where the newest is another; 0: whatever is newest
	BaseHash            string `json:"baseHash,omitempty"`            // the start of the newest one's hash; refused where it has another
}

// ConfigUpdateResult is A's: what became of an update.
type ConfigUpdateResult struct {
	EnvironmentID    string            `json:"environmentId,omitempty"` // none of a project's or a type's
	Changes          []ConfigChange    `json:"changes"`
	Version          string            `json:"version"` // the newest version's number; of an environment
	Success          bool              `json:"success"`
	ValidationResult *ValidationResult `json:"validationResult"`
	Error            string            `json:"error,omitempty"`

	Number       int64               `json:"number,omitempty"` // Version as a number
	Hash         string              `json:"hash,omitempty"`   // what the next update says it has seen
	Environments []ConfigVersionMade `json:"environments"`     // whose configuration changed by it
	Deployment   *Deployment         `json:"deployment,omitempty"`
}

// ConfigVersionMade is a new version of an environment's configuration.
type ConfigVersionMade struct {
	Environment string `json:"environment"`
	Number      int64  `json:"number"`
}

// ValidationResult is A's: whether a configuration can be deployed as it is.
type ValidationResult struct {
	Valid    bool      `json:"valid"`
	Errors   []Problem `json:"errors"`   // what no deployment goes with
	Warnings []Problem `json:"warnings"` // of other environments that inherit it
}

// ConfigChange is one difference between two configurations (A's).
type ConfigChange struct {
	Type     ConfigChangeType   `json:"type"`
	Path     string             `json:"path"` // variables.backend.LOG_LEVEL, general.timezone, features.checkout.enabled
	OldValue any                `json:"oldValue,omitempty"`
	NewValue any                `json:"newValue,omitempty"`
	Status   ConfigChangeStatus `json:"status,omitempty"`
	Error    string             `json:"error,omitempty"`
	Reason   string             `json:"reason,omitempty"` // why it is skipped, or what it takes away
}

// ConfigChangeType says what happens to a path.
type ConfigChangeType string

// The types.
const (
	ConfigAdd    ConfigChangeType = "add"
	ConfigModify ConfigChangeType = "modify"
	ConfigRemove ConfigChangeType = "remove"
)

// ConfigChangeStatus says what became of a change.
type ConfigChangeStatus string

// The states.
const (
	ChangePending ConfigChangeStatus = "pending"
	ChangeApplied ConfigChangeStatus = "applied"
	ChangeSkipped ConfigChangeStatus = "skipped"
	ChangeFailed  ConfigChangeStatus = "failed"
)

// ServiceConfig is the configuration of one service in one environment, as
// the matrix says it. Defaults are its variables of every environment, Env
// those of this one, which win; the other fields override the release's spec
// where they are set.
type ServiceConfig struct {
	Defaults  map[string]string `json:"defaults,omitempty"`
	Env       map[string]string `json:"env,omitempty"`
	Command   []string          `json:"command,omitempty"`
	Routes    []string          `json:"routes,omitzero"` // empty: not reached from outside
	Health    *HealthSpec       `json:"health,omitempty"`
	Resources *Resources        `json:"resources,omitempty"`
	Validate  []string          `json:"validate,omitzero"` // empty: no paths are checked
	User      string            `json:"user,omitempty"`
}
