package control

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/template"
)

// UpgradeTemplate brings what another version of a template makes into an
// environment that an earlier one made. What was changed by hand since stays;
// where the template changed it too, that is a conflict, which stays as well
// unless the request takes the template's.
func (c *Control) UpgradeTemplate(ctx context.Context, by By, projectName, ref string, req ApplyTemplateRequest) (lockstep.TemplateUpgrade, error) {
	var none lockstep.TemplateUpgrade
	if req.Environment == "" {
		return none, lockstep.Invalid("environment", "name the environment")
	}
	s, err := c.templateScene(ctx, projectName, ref, req)
	if err != nil {
		return none, err
	}
	if s.last == nil {
		return none, lockstep.Errorf(lockstep.CodeConflict, "template %s was not applied to %s yet: lockstep template apply %s %s", s.template.Name, s.env.Name, s.env.Name, s.template.Name)
	}
	values, made, err := c.make(ctx, s.template, c.knownThen(by, s), s.givenAgain(req.Variables), sensitiveKeys(s.template))
	if err != nil {
		return none, err
	}
	merged, up := merge(s, made, req.Take)
	if unknown := unknownTakes(req.Take, merged.Conflicts); unknown != "" {
		return none, lockstep.Invalid("take", "%s is no conflict of this upgrade: %s", unknown, conflictPaths(merged.Conflicts))
	}
	up.Options = lockstep.ConfigUpdateOptions{
		Description:      fmt.Sprintf("template %s %s, from %s", s.template.Name, s.template.Metadata.Version, s.last.Version),
		ApplyImmediately: req.ApplyImmediately, BaseVersion: s.latest.Number,
	}
	if req.BaseVersion != 0 {
		up.Options.BaseVersion = req.BaseVersion
	}
	return change(ctx, c, by, "upgrade template", []any{s.project.Name, s.template.ID, s.template.Number, req.concealed(s.template)}, func(tx Tx) (lockstep.TemplateUpgrade, error) {
		out := lockstep.TemplateUpgrade{
			From: s.last.Version, Kept: append([]lockstep.TemplateKept{}, merged.Kept...), Conflicts: append([]lockstep.TemplateConflict{}, merged.Conflicts...),
		}
		env, err := tx.Environment(s.project.ID, s.env.ID)
		if err != nil {
			return out, err
		}
		out.TemplateApplyResult, err = c.bring(ctx, tx, by, env, s.template, up, values, made)
		return out, err
	})
}

// knownThen is what was known when the template was applied last: a new time
// or maker alone is no change.
func (c *Control) knownThen(by By, s templateScene) map[string]any {
	known := c.known(by, s)
	for _, key := range []string{template.KeyTimestamp, template.KeyCreator} {
		if v, ok := s.last.Given[key]; ok {
			known[key] = v
		}
	}
	return known
}

// givenAgain is what was given last time, as far as the template still asks
// for it, under what is given now.
func (s templateScene) givenAgain(set map[string]any) map[string]any {
	out := map[string]any{}
	for _, v := range s.template.Variables {
		if value, ok := s.last.Given[v.Key]; ok {
			out[v.Key] = value
		}
	}
	maps.Copy(out, set)
	return out
}

// merge compares what the template made, what is there, and what it makes
// now, and says what to update.
func merge(s templateScene, made template.Made, take []string) (template.Merged, lockstep.ConfigUpdate) {
	before, is, wants := template.State{}, template.State{}, template.State{}
	before.Sections(s.last.Rendered.Sections)
	is.Sections(s.latest.Document.Sections)
	wants.Sections(made.Sections)

	old, next, now := bySlot(s.last.Rendered.Variables), bySlot(made.Variables), map[string]lockstep.Variable{}
	for _, v := range s.latest.Document.Variables {
		if v.Level == lockstep.LevelEnvironment {
			now[v.Slot()] = v
		}
	}
	slots := maps.Clone(old)
	maps.Copy(slots, next)
	for slot := range slots {
		was, had := old[slot]
		will, wanted := next[slot]
		switch {
		case had && wanted: // field by field
			before.Variable(slot, fieldsOf(was))
			wants.Variable(slot, fieldsOf(will))
			fields := fieldsOf(was)
			maps.Copy(fields, fieldsOf(will))
			if v, there := now[slot]; there {
				is.Variable(slot, fieldsNow(v, fields))
			}
		default: // as a whole
			whole := template.Path{template.VariablesPath, slot}.String()
			fields := fieldsOf(was)
			if had {
				before[whole] = fields
			} else {
				fields = fieldsOf(will)
				wants[whole] = fields
			}
			if v, there := now[slot]; there {
				is[whole] = fieldsNow(v, fields)
			}
		}
	}
	merged := template.Merge(before, is, wants, func(p string) bool { return slices.Contains(take, "*") || slices.Contains(take, p) })
	return merged, lockstep.ConfigUpdate{Sections: merged.Patch(), Variables: variableChanges(merged, made, now)}
}

func bySlot(all []lockstep.VariableChange) map[string]lockstep.VariableChange {
	out := make(map[string]lockstep.VariableChange, len(all))
	for _, v := range all {
		out[v.Slot()] = v
	}
	return out
}

// fieldsOf are the fields that a template says of a variable.
func fieldsOf(c lockstep.VariableChange) map[string]any {
	out := map[string]any{}
	put(out, "value", c.Value)
	put(out, "type", c.Type)
	put(out, "sensitive", c.Sensitive)
	put(out, "required", c.Required)
	put(out, "description", c.Description)
	put(out, "defaultValue", c.DefaultValue)
	put(out, "validation", c.Validation)
	return out
}

func put[T any](out map[string]any, name string, v *T) {
	if v != nil {
		out[name] = *v
	}
}

// fieldsNow are the same fields of a variable as it is. Of a secret nobody
// sees whether its value is another.
func fieldsNow(v lockstep.Variable, fields map[string]any) map[string]any {
	value := v.Value
	if v.Sensitive {
		value = lockstep.Redacted
	}
	all := fieldsOf(lockstep.VariableChange{
		Value: &value, Type: &v.Type, Sensitive: &v.Sensitive, Required: &v.Required, Description: &v.Description, DefaultValue: v.DefaultValue, Validation: &v.Validation,
	})
	maps.DeleteFunc(all, func(name string, _ any) bool { _, said := fields[name]; return !said })
	return all
}

// variableChanges are those of a merge, with the fields that it sets and no
// others. A secret that was given anew is set whatever it was.
func variableChanges(m template.Merged, made template.Made, now map[string]lockstep.Variable) []lockstep.VariableChange {
	changes := map[string]lockstep.VariableChange{}
	full := bySlot(made.Update)
	for _, path := range slices.Sorted(maps.Keys(m.Set)) {
		p := template.ParsePath(path)
		if p[0] != template.VariablesPath {
			continue
		}
		want := full[p[1]]
		if len(p) == 2 {
			changes[p[1]] = want
			continue
		}
		c, begun := changes[p[1]]
		if !begun {
			c = lockstep.VariableChange{Key: want.Key, Scope: want.Scope, Target: want.Target, Source: want.Source}
		}
		switch p[2] {
		case "value":
			c.Value = want.Value
		case "type":
			c.Type = want.Type
		case "sensitive":
			c.Sensitive = want.Sensitive
		case "required":
			c.Required = want.Required
		case "description":
			c.Description = want.Description
		case "defaultValue":
			c.DefaultValue = want.DefaultValue
		case "validation":
			c.Validation = want.Validation
		}
		changes[p[1]] = c
	}
	for _, path := range m.Remove {
		p := template.ParsePath(path)
		if p[0] != template.VariablesPath || len(p) != 2 {
			continue // a field that the template leaves alone from now on
		}
		if v, there := now[p[1]]; there {
			changes[p[1]] = lockstep.VariableChange{Key: v.Key, Scope: v.Scope, Target: v.Target, Remove: true}
		}
	}
	for slot, c := range full {
		v, there := now[slot]
		if there && v.Sensitive && c.Sensitive != nil && *c.Sensitive && c.Value != nil {
			one, begun := changes[slot]
			if !begun {
				one = lockstep.VariableChange{Key: c.Key, Scope: c.Scope, Target: c.Target, Source: c.Source}
			}
			one.Value = c.Value
			changes[slot] = one
		}
	}
	out := make([]lockstep.VariableChange, 0, len(changes))
	for _, slot := range slices.Sorted(maps.Keys(changes)) {
		out = append(out, changes[slot])
	}
	return out
}

func unknownTakes(take []string, conflicts []lockstep.TemplateConflict) string {
	for _, path := range take {
		if path != "*" && !slices.ContainsFunc(conflicts, func(c lockstep.TemplateConflict) bool { return c.Path == path }) {
			return path
		}
	}
	return ""
}

func conflictPaths(conflicts []lockstep.TemplateConflict) string {
	if len(conflicts) == 0 {
		return "there is none"
	}
	paths := make([]string, len(conflicts))
	for i, c := range conflicts {
		paths[i] = c.Path
	}
	return "there are " + strings.Join(paths, ", ")
}
