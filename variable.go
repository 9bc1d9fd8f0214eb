package lockstep

import (
	"cmp"
	"strings"
	"time"
)

// Variable is one value that an environment's instances get, or that other
// variables refer to as ${KEY}. It is unique by level, owner, scope, target
// and key.
type Variable struct {
	Key          string             `json:"key"`
	Value        string             `json:"value"` // "" where it is sensitive: SecretVersion says which value it has
	Type         VariableType       `json:"type"`
	Scope        VariableScope      `json:"scope"`
	Target       string             `json:"target,omitempty"` // the service or feature of its scope
	Sensitive    bool               `json:"sensitive"`
	Required     bool               `json:"required"`
	Description  string             `json:"description,omitempty"`
	DefaultValue *string            `json:"defaultValue,omitempty"` // of a required one without a value; nil: none
	Validation   VariableValidation `json:"validation,omitzero"`
	Source       VariableSource     `json:"source"`
	LastModified time.Time          `json:"lastModified,omitzero"` // zero of what the matrix says
	ModifiedBy   string             `json:"modifiedBy"`

	Level VariableLevel `json:"level"`
	Owner string        `json:"owner"` // the project's, type's or environment's name

	// Of a sensitive one: its secret, and which of its values this is.
	SecretID      string `json:"secretId,omitempty"`
	SecretVersion int64  `json:"secretVersion,omitempty"`
}

// VariableType is A's: what a value must be.
type VariableType string

// The types. A secret is always sensitive; of a file, instances get the path
// of a file with the value.
const (
	VariableString  VariableType = "string"
	VariableNumber  VariableType = "number"
	VariableBoolean VariableType = "boolean"
	VariableJSON    VariableType = "json"
	VariableSecret  VariableType = "secret"
	VariableFile    VariableType = "file"
	VariableURL     VariableType = "url"
)

// VariableScope is A's: who gets a variable.
type VariableScope string

// The scopes. Global and deployment ones go to every service; those of a
// deployment are given with it, and only it has them.
const (
	ScopeGlobal     VariableScope = "global"
	ScopeService    VariableScope = "service" // Target names the service
	ScopeFeature    VariableScope = "feature" // Target names the feature: everyone gets it while that is on
	ScopeDeployment VariableScope = "deployment"
)

// VariableSource is A's: how a variable came to be.
type VariableSource string

// The sources. What the matrix says is an import.
const (
	SourceManual    VariableSource = "manual"
	SourceSync      VariableSource = "sync"
	SourceImport    VariableSource = "import"
	SourceGenerated VariableSource = "generated" // by a template, or built in
	SourceInherited VariableSource = "inherited" // shown for an environment that has it from a level above
)

// VariableLevel is who says a variable. The later win over the earlier; at
// one level, what is said for one service wins over what is said for all.
type VariableLevel string

// The levels, in the order of inheritance. A parent environment stands
// between type and environment: its own variables, then its children's.
const (
	LevelBuiltin     VariableLevel = "builtin" // LOCKSTEP_ENVIRONMENT and its like
	LevelProject     VariableLevel = "project"
	LevelType        VariableLevel = "type"
	LevelParent      VariableLevel = "parent"
	LevelEnvironment VariableLevel = "environment"
	LevelDeployment  VariableLevel = "deployment"
)

// VariableValidation is what a value must keep to, beside its type. Zeros
// demand nothing.
type VariableValidation struct {
	Pattern   string   `json:"pattern,omitempty"` // RE2; of the whole value
	Min       *float64 `json:"min,omitempty"`
	Max       *float64 `json:"max,omitempty"`
	Enum      []string `json:"enum,omitempty"`
	MinLength int      `json:"minLength,omitempty"` // characters
	MaxLength int      `json:"maxLength,omitempty"`
	Schema    any      `json:"schema,omitempty"` // JSON Schema, of type json
}

// The bounds of variables.
const (
	MaxVariableValue = 1 << 20 // bytes
	MaxVariables     = 10_000  // of one owner
	MaxVariablesSize = 8 << 20 // bytes of an owner's, with all that is said of them
)

// VariableOwner is whose variables they are.
type VariableOwner struct {
	ProjectID string
	Level     VariableLevel // project, type or environment
	ID        string        // "" of a project; the type's name; the environment's ID
}

// Slot is where in its owner's variables a variable stands: two of one owner
// with the same slot are the same variable. It is KEY of a global one,
// SERVICE/KEY of a service's, and SCOPE:TARGET/KEY of others with a target.
func (v Variable) Slot() string { return slotOf(v.Scope, v.Target, v.Key) }

// Slot is the slot that a change is about.
func (c VariableChange) Slot() string { return slotOf(c.Scope, c.Target, c.Key) }

func slotOf(scope VariableScope, target, key string) string {
	switch scope = cmp.Or(scope, ScopeGlobal); {
	case scope == ScopeService:
		return target + "/" + key
	case target != "":
		return string(scope) + ":" + target + "/" + key
	}
	return key
}

// ParseSlot reads a slot.
func ParseSlot(slot string) (scope VariableScope, target, key string) {
	target, key, found := strings.Cut(slot, "/")
	if !found {
		return ScopeGlobal, "", slot
	}
	if before, after, other := strings.Cut(target, ":"); other {
		return VariableScope(before), after, key
	}
	return ScopeService, target, key
}

// VariableTypes lists A's types.
func VariableTypes() []VariableType {
	return []VariableType{VariableString, VariableNumber, VariableBoolean, VariableJSON, VariableSecret, VariableFile, VariableURL}
}
