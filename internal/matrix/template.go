package matrix

import (
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// StandardTemplate is the one of an environment that is made without naming one.
const StandardTemplate = "standard"

// templates are what environments begin as. What one does not say has the
// defaults of every environment.
var templates = map[string]map[string]any{
	StandardTemplate: {},
	"production": {
		"type":       string(lockstep.TypeProduction),
		"strategy":   map[string]any{"primary": string(lockstep.StrategyBlueGreen), "alternatives": []any{string(lockstep.StrategyCanary), string(lockstep.StrategyRolling)}},
		"validation": string(lockstep.ValidationComprehensive),
		"approvals":  map[string]any{"required": true},
	},
	"preview": {
		"type":       string(lockstep.TypePreview),
		"strategy":   map[string]any{"primary": string(lockstep.StrategyRecreate), "alternatives": []any{string(lockstep.StrategyBlueGreen)}},
		"validation": string(lockstep.ValidationBasic),
	},
}

// Templates lists what an environment can be made from.
func Templates() []string { return slices.Sorted(maps.Keys(templates)) }

// NewEnvironment is what is said of an environment beside its template. What
// is empty is the template's.
type NewEnvironment struct {
	Name        string
	Template    string // default StandardTemplate
	Type        lockstep.EnvironmentType
	Region      string
	Description string
}

// Add writes a new environment into the text of a matrix. The name must be
// a new one.
func Add(src []byte, env NewEnvironment) ([]byte, error) {
	if env.Template == "" {
		env.Template = StandardTemplate
	}
	template, ok := templates[env.Template]
	if !ok {
		return nil, lockstep.Invalid("template", "there is no template %q: use one of %v", env.Template, Templates())
	}
	block := maps.Clone(template)
	if env.Type != "" {
		block["type"] = string(env.Type)
	}
	if env.Description != "" {
		block["description"] = env.Description
	}
	if env.Region != "" {
		block["regions"] = map[string]any{"primary": env.Region}
	}
	if env.Template == "preview" {
		block["services"] = oneEach(src)
	}
	return setEnvironment(src, env.Name, block, false)
}

// oneEach asks for one instance of every service.
func oneEach(src []byte) map[string]any {
	out := map[string]any{}
	if m, err := Parse(src, "the matrix"); err == nil {
		for _, s := range m.Desired().Services {
			out[s.Name] = map[string]any{"replicas": 1}
		}
	}
	return out
}

// SetEnvironment writes what the matrix says of an environment that it has,
// whole, and leaves the rest as it is.
func SetEnvironment(src []byte, name string, block map[string]any) ([]byte, error) {
	return setEnvironment(src, name, block, true)
}

func setEnvironment(src []byte, name string, block map[string]any, there bool) ([]byte, error) {
	if err := lockstep.ValidateEnvironmentName(name); err != nil {
		return nil, err
	}
	all, err := plainOf(src)
	if err != nil {
		return nil, err
	}
	environments, _ := all["environments"].(map[string]any)
	switch _, found := environments[name]; {
	case found && !there:
		return nil, lockstep.Errorf(lockstep.CodeConflict, "environment %s exists already: choose another name", name)
	case !found && there:
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "the matrix has no environment %s", name)
	}
	return Set(src, "environments."+name, block)
}

// plainOf is a matrix as values.
func plainOf(src []byte) (map[string]any, error) {
	_, root, exact, err := loadExact(src, "the matrix")
	if err != nil {
		return nil, err
	}
	all, ok := root.plain()
	if !ok || !exact {
		return nil, byHand("environments", "its layout is unusual")
	}
	m, _ := all.(map[string]any)
	return m, nil
}
