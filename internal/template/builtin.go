package template

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
)

//go:embed builtin/*.yaml
var builtinFiles embed.FS

// BuiltIns are the templates that every project has, by name.
var BuiltIns = sync.OnceValues(func() ([]lockstep.ConfigTemplate, error) {
	files, err := builtinFiles.ReadDir("builtin")
	if err != nil {
		return nil, fmt.Errorf("built-in templates: %w", err)
	}
	// When they were written; the same on every server.
	at := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	var all []lockstep.ConfigTemplate
	for _, file := range files {
		text, err := builtinFiles.ReadFile(path.Join("builtin", file.Name()))
		if err != nil {
			return nil, fmt.Errorf("built-in templates: %w", err)
		}
		s, err := Read(file.Name(), text)
		if err != nil {
			return nil, fmt.Errorf("built-in template %s: %w", file.Name(), err)
		}
		t := Draft(s.ConfigTemplateConfig)
		t.ID = uuid.NewSHA1(uuid.NameSpaceURL, []byte("lockstep:template:"+t.Name)).String()
		t.BuiltIn, t.Number = true, 1
		t.Metadata = lockstep.TemplateMetadata{CreatedAt: at, CreatedBy: "lockstep", Version: s.Version, UpdatedAt: at, UpdatedBy: "lockstep"}
		if t.Hash, err = lockstep.Hash(t.Says()); err != nil {
			return nil, fmt.Errorf("built-in template %s: %w", file.Name(), err)
		}
		all = append(all, t)
	}
	slices.SortFunc(all, func(a, b lockstep.ConfigTemplate) int { return strings.Compare(a.Name, b.Name) })
	return all, nil
})

// Draft is a template as somebody wants it, with nothing checked yet.
func Draft(c lockstep.ConfigTemplateConfig) lockstep.ConfigTemplate {
	t := lockstep.ConfigTemplate{
		Name: c.Name, Description: c.Description, Type: c.Type, EnvironmentTypes: c.EnvironmentTypes,
		Template: c.Template, Variables: c.Variables, Validation: c.Validation,
	}
	if t.Type == "" {
		t.Type = lockstep.TemplateCustom
	}
	if len(t.EnvironmentTypes) == 0 {
		t.EnvironmentTypes = lockstep.EnvironmentTypes()
	}
	if t.Variables == nil {
		t.Variables = []lockstep.TemplateVariable{}
	}
	return t
}

// Config is what a template would be made from again.
func Config(t lockstep.ConfigTemplate) lockstep.ConfigTemplateConfig {
	return lockstep.ConfigTemplateConfig{
		Name: t.Name, Description: t.Description, Version: t.Metadata.Version, Type: t.Type, EnvironmentTypes: t.EnvironmentTypes,
		Variables: t.Variables, Template: t.Template, Validation: t.Validation,
	}
}
