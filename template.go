package lockstep

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ConfigTemplate is what configurations are made from (A): sections,
// variables and files with placeholders, and the variables that fill them. It
// is addressed by ID or by name, which is unique in its project. Each change
// makes a new version; one that was made never changes.
type ConfigTemplate struct {
	ID               string             `json:"id"`
	ProjectID        string             `json:"projectId,omitempty"` // none of a built-in one
	Name             string             `json:"name"`
	Description      string             `json:"description"`
	Type             TemplateType       `json:"type"`
	EnvironmentTypes []EnvironmentType  `json:"environmentTypes"` // that it may be applied to
	Template         TemplateContent    `json:"template"`
	Variables        []TemplateVariable `json:"variables"`
	Validation       TemplateValidation `json:"validation"`
	Metadata         TemplateMetadata   `json:"metadata"`
	BuiltIn          bool               `json:"builtIn"`
	Number           int64              `json:"number"` // of this version: 1, 2, 3
	Hash             string             `json:"hash"`   // of what it says
}

// TemplateDocument is what a version of a template says, as it is hashed and
// stored.
type TemplateDocument struct {
	Description      string             `json:"description"`
	Type             TemplateType       `json:"type"`
	EnvironmentTypes []EnvironmentType  `json:"environmentTypes"`
	Template         TemplateContent    `json:"template"`
	Variables        []TemplateVariable `json:"variables"`
	Validation       TemplateValidation `json:"validation"`
}

// Says is the part of a template that a version keeps.
func (t ConfigTemplate) Says() TemplateDocument {
	return TemplateDocument{t.Description, t.Type, t.EnvironmentTypes, t.Template, t.Variables, t.Validation}
}

// ConfigTemplateConfig is what a template is made from (A).
type ConfigTemplateConfig struct {
	Name             string             `json:"name"`
	Description      string             `json:"description,omitempty"`
	Version          string             `json:"version,omitempty"`          // higher than all before; default: 1.0.0, then counted on
	Message          string             `json:"message,omitempty"`          // why it is changed
	Type             TemplateType       `json:"type,omitempty"`             // custom
	EnvironmentTypes []EnvironmentType  `json:"environmentTypes,omitempty"` // all
	Variables        []TemplateVariable `json:"variables,omitempty"`
	Template         TemplateContent    `json:"template"`
	Validation       TemplateValidation `json:"validation,omitzero"`
}

// TemplateType says what a template makes (A).
type TemplateType string

// The types.
const (
	TemplateEnvironment    TemplateType = "full_environment" // all: sections, variables and files
	TemplateService        TemplateType = "service_config"   // variables of scope service, and files
	TemplateVariables      TemplateType = "variables_only"   // nothing but variables
	TemplateInfrastructure TemplateType = "infrastructure"   // the section infrastructure, and files
	TemplateCustom         TemplateType = "custom"           // whatever it has
)

// TemplateTypes lists them in A's order.
func TemplateTypes() []TemplateType {
	return []TemplateType{TemplateEnvironment, TemplateService, TemplateVariables, TemplateInfrastructure, TemplateCustom}
}

// TemplateContent is what a template makes, with placeholders. A text that is
// nothing but one placeholder keeps the type of its value. Sections and
// variables may also be a single text each, which renders to their YAML.
type TemplateContent struct {
	Sections  any               `json:"sections,omitempty"`  // by the name of a ConfigSection; or a text
	Variables any               `json:"variables,omitempty"` // a list with the fields of VariableChange; or a text
	Files     map[string]string `json:"files,omitempty"`     // by path: kubernetes/config.yaml
}

// TemplateVariable is what has to be said when a template is applied.
type TemplateVariable struct {
	Key          string             `json:"key"`
	Type         VariableType       `json:"type,omitempty"` // string
	Description  string             `json:"description,omitempty"`
	Required     bool               `json:"required,omitempty"`
	Sensitive    bool               `json:"sensitive,omitempty"` // goes into sensitive variables, and nowhere else
	DefaultValue any                `json:"defaultValue,omitempty"`
	Validation   VariableValidation `json:"validation,omitzero"`
}

// TemplateValidation is what has to hold of the values together (A).
type TemplateValidation struct {
	Rules []TemplateRule `json:"rules,omitempty"`
}

// TemplateRule is one condition, in the language of the templates.
type TemplateRule struct {
	Assert  string `json:"assert"` // le .poolMin .poolMax
	Message string `json:"message"`
}

// TemplateMetadata is A's metadata block. Version is a semantic one.
type TemplateMetadata struct {
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy string    `json:"createdBy"`
	Version   string    `json:"version"`
	UpdatedAt time.Time `json:"updatedAt"` // when this version was made
	UpdatedBy string    `json:"updatedBy"`
	Message   string    `json:"message,omitempty"` // why, of this version
}

// RenderedTemplate is what a template makes of given values. Sensitive values
// show as Redacted.
type RenderedTemplate struct {
	Sections  map[ConfigSection]any `json:"sections,omitempty"`
	Variables []VariableChange      `json:"variables,omitempty"`
	Files     map[string]string     `json:"files,omitempty"`
}

// TemplateApplication is what a template made in an environment, and of what.
// It stays as it was when the template changes or goes.
type TemplateApplication struct {
	ID            string           `json:"id"`
	EnvironmentID string           `json:"environmentId"`
	TemplateID    string           `json:"templateId"`
	Template      string           `json:"template"` // its name
	Version       string           `json:"version"`
	Number        int64            `json:"number"`
	Given         map[string]any   `json:"given"` // the values that were no defaults; not the sensitive ones
	Rendered      RenderedTemplate `json:"rendered"`
	ConfigVersion int64            `json:"configVersion"` // that came of it
	AppliedAt     time.Time        `json:"appliedAt"`
	AppliedBy     string           `json:"appliedBy"`
}

// TemplateApplyResult is what became of an application (A).
type TemplateApplyResult struct {
	EnvironmentID string            `json:"environmentId"`
	Environment   string            `json:"environment"`
	TemplateID    string            `json:"templateId"`
	Template      string            `json:"template"`
	Version       string            `json:"version"` // of the template
	Success       bool              `json:"success"`
	AppliedConfig *RenderedTemplate `json:"appliedConfig"`
	Changes       []ConfigChange    `json:"changes"`
	ConfigVersion int64             `json:"configVersion,omitempty"` // that has them; of a preview the one before
	DeploymentID  string            `json:"deploymentId,omitempty"`  // where it goes to the running services at once
	Error         string            `json:"error,omitempty"`
}

// TemplateUpgrade is what another version of a template changes in an
// environment that an earlier one made: a merge of three sides.
type TemplateUpgrade struct {
	TemplateApplyResult
	From      string             `json:"from"`      // the version that was applied
	Kept      []TemplateKept     `json:"kept"`      // changed by hand since, and not by the template: stays
	Conflicts []TemplateConflict `json:"conflicts"` // changed by both
}

// TemplateKept is a path that was changed by hand.
type TemplateKept struct {
	Path string `json:"path"`
	Made any    `json:"made"` // what the template made
	Is   any    `json:"is"`
}

// TemplateConflict is a path that was changed by hand and by the template. It
// stays as it is, unless the upgrade takes the template's.
type TemplateConflict struct {
	Path  string `json:"path"`
	Made  any    `json:"made"` // by the version that was applied
	Is    any    `json:"is"`
	Wants any    `json:"wants"` // the new version
	Taken bool   `json:"taken"` // the template's was taken
}

// The bounds of templates.
const (
	MaxTemplateFiles     = 500
	MaxTemplateSize      = 700 << 10 // bytes, of all texts
	MaxTemplateVariables = 200
	FirstTemplateVersion = "1.0.0"
)

var (
	templateNameShape     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{1,48})[a-z0-9]$`)
	templateVariableShape = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)
)

// ValidateTemplateName checks the name of a configuration template. What
// `lockstep create --template` calls its own is not for others.
func ValidateTemplateName(name string) error {
	if !templateNameShape.MatchString(name) {
		return Invalid("name", "template name %q: use 3 to 50 lower-case letters, digits and hyphens, not starting or ending with a hyphen", name)
	}
	if slices.Contains([]string{"standard", "production", "preview"}, name) {
		return Invalid("name", "template name %q is that of a template of the matrix (lockstep create --template %s): choose another, such as %s-baseline", name, name, name)
	}
	return nil
}

// NextTemplateVersion is the version after one: what is asked for, where it
// is higher, and else the next minor one.
func NextTemplateVersion(before, asked string) (string, error) {
	if before == "" {
		before = "0.0.0"
		if asked == "" {
			return FirstTemplateVersion, nil
		}
	}
	was, err := templateVersion(before)
	if err != nil {
		return "", err
	}
	if asked == "" {
		return fmt.Sprintf("%d.%d.0", was[0], was[1]+1), nil
	}
	next, err := templateVersion(asked)
	if err != nil {
		return "", err
	}
	if slices.Compare(next[:], was[:]) <= 0 {
		return "", Errorf(CodeConflict, "version %s does not come after %s, which is there: leave it out to have %d.%d.0", asked, before, was[0], was[1]+1)
	}
	return asked, nil
}

func templateVersion(s string) (v [3]int, err error) {
	parts := strings.Split(s, ".")
	for i := range v {
		if len(parts) == len(v) && parts[i] != "" && len(parts[i]) < 8 && strings.Trim(parts[i], "0123456789") == "" {
			v[i], err = strconv.Atoi(parts[i])
			continue
		}
		return v, Invalid("version", "template version %q: use three numbers, such as 1.2.0", s)
	}
	return v, err
}

// ValidTemplateVariable says whether a key can be written in a template.
func ValidTemplateVariable(key string) bool { return templateVariableShape.MatchString(key) }
