package config

import (
	"maps"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// SyncRequest is what of a source is to be laid over a target.
type SyncRequest struct {
	Type             lockstep.SyncType
	Include, Exclude Patterns
	IncludeSpecific  bool // what differs by intention, too
}

// SyncPlan is what a sync does to its target. Changes tells all of it and what
// it leaves; Update and Services are those that are pending.
type SyncPlan struct {
	Changes  []lockstep.ConfigChange // by path
	Update   lockstep.ConfigUpdate
	Services map[string]ServicePatch // overrides, by service
}

// ServicePatch changes overrides of one service, by field; nil takes one away.
type ServicePatch map[string]any

// Pending is how many changes a plan makes.
func (plan SyncPlan) Pending() int {
	n := 0
	for _, c := range plan.Changes {
		if c.Status == lockstep.ChangePending {
			n++
		}
	}
	return n
}

// PlanSync plans to make the target's configuration say what the source's
// says, as far as the request goes. What comes out for a path is what holds in
// the source, from whatever level it has it; it is written into the target
// itself, and where the target would inherit the same its own value goes
// instead. A secret is a Copy of its sealed value. A difference that the plan
// does not make is skipped, and says why:
//
//   - by intention, unless IncludeSpecific
//   - excluded
//   - said by a level above the target, so that nothing can take it away here
//
// A change that takes away what was changed in the target by itself says so.
// What the type leaves aside, and what an include does not name, is no part of
// it. PlanSync fails with CodeInvalid where the request names nothing.
func PlanSync(c Comparison, r SyncRequest) (SyncPlan, error) {
	if r.Type == lockstep.SyncPartial && len(r.Include) == 0 {
		return SyncPlan{}, lockstep.Invalid("include", "a partial sync brings what is included: name it (--include 'variables.backend.*')")
	}
	if err := CheckPatterns("include", r.Include); err != nil {
		return SyncPlan{}, err
	}
	if err := CheckPatterns("exclude", r.Exclude); err != nil {
		return SyncPlan{}, err
	}
	plan := SyncPlan{Changes: []lockstep.ConfigChange{}, Services: map[string]ServicePatch{}}
	pairs := c.pairs()
	for _, path := range slices.Sorted(maps.Keys(pairs)) {
		p := pairs[path]
		if c.equal(p.source, p.target) || !r.covers(path, p) {
			continue
		}
		change := lockstep.ConfigChange{
			Type: changeType(p.target, p.source), Path: path, OldValue: display(p.target), NewValue: display(p.source), Status: lockstep.ChangePending,
		}
		if change.Reason = r.skips(c, path, p); change.Reason == "" {
			change.Reason = plan.put(c, p)
		}
		if change.Reason != "" {
			change.Status = lockstep.ChangeSkipped
		} else {
			change.Reason = c.overwrites(path, p)
		}
		plan.Changes = append(plan.Changes, change)
	}
	return plan, nil
}

// overwrites says that a change takes away what was changed in the target by
// itself, "" where it does not.
func (c Comparison) overwrites(path string, p pair) string {
	var d lockstep.Difference
	c.moved(path, p, &d)
	if d.ChangedIn != lockstep.ChangedInTarget && d.ChangedIn != lockstep.ChangedInBoth {
		return ""
	}
	if d.ModifiedBy != "" {
		return d.Reason + ", by " + d.ModifiedBy
	}
	return d.Reason
}

// covers says that a path is a part of what the request is about.
func (r SyncRequest) covers(path string, p pair) bool {
	if len(r.Include) > 0 && r.Include.First(path) == "" {
		return false
	}
	one := p.source
	if one == nil {
		one = p.target
	}
	switch r.Type {
	case lockstep.SyncVariablesOnly:
		return one.slot != nil
	case lockstep.SyncServicesOnly:
		return one.place.service != "" || one.slot != nil && one.slot.scope == lockstep.ScopeService
	case lockstep.SyncConfigOnly:
		return one.place.section != ""
	case lockstep.SyncFull, lockstep.SyncPartial:
	}
	return true
}

func (r SyncRequest) skips(c Comparison, path string, p pair) string {
	if pattern := r.Exclude.First(path); pattern != "" {
		return "excluded by " + pattern
	}
	if why := c.intended(path, p); why != "" && !r.IncludeSpecific {
		return why
	}
	return ""
}

// put adds what a change does to the plan, or says why nothing can.
func (plan *SyncPlan) put(c Comparison, p pair) string {
	at := p.source
	if at == nil {
		at = p.target
	}
	switch {
	case at.slot != nil:
		return plan.putVariable(c, p, *at.slot)
	case at.place.service != "":
		patch := plan.Services[at.place.service]
		if patch == nil {
			patch = ServicePatch{}
			plan.Services[at.place.service] = patch
		}
		patch[at.place.field] = nil
		if p.source != nil {
			patch[at.place.field] = p.source.value
		}
	default:
		plan.putSection(at.place, p.source)
	}
	return ""
}

func (plan *SyncPlan) putVariable(c Comparison, p pair, at slot) string {
	if own := p.target != nil && p.target.level == lockstep.LevelEnvironment && !p.target.matrix; own && c.equal(p.source, p.target.beneath) {
		plan.Update.Variables = append(plan.Update.Variables, lockstep.VariableChange{Key: at.key, Scope: at.scope, Target: at.target, Remove: true})
		return ""
	}
	if p.source == nil {
		return "it comes from " + whence(p.target) + ", and a sync only changes what " + c.Target.Environment.Name + " says itself"
	}
	if p.target != nil && p.target.sensitive && !p.source.sensitive {
		return "it is secret in " + c.Target.Environment.Name + " and plain in " + c.Source.Environment.Name + ": set it as a secret there first"
	}
	change, why := take(at, *p.source)
	if why != "" {
		return why
	}
	plan.Update.Variables = append(plan.Update.Variables, change)
	return ""
}

// take is a change that writes what a source's leaf says.
func take(at slot, from leaf) (lockstep.VariableChange, string) {
	change := lockstep.VariableChange{Key: at.key, Scope: at.scope, Target: at.target, Source: lockstep.SourceSync}
	v := from.variable
	switch {
	case from.sensitive && from.secret == nil:
		return change, "the source has no value of it yet"
	case from.sensitive:
		change.Copy = from.secret
	default:
		value, _ := from.value.(string)
		change.Value = &value
	}
	sensitive, kind := from.sensitive, lockstep.VariableString
	if v != nil {
		kind = v.Type
		required, description, validation := v.Required, v.Description, v.Validation
		change.Required, change.Description, change.Validation, change.DefaultValue = &required, &description, &validation, v.DefaultValue
	}
	change.Sensitive, change.Type = &sensitive, &kind
	return change, ""
}

// putSection adds a path to the merge patch of its section.
func (plan *SyncPlan) putSection(at place, source *leaf) {
	if plan.Update.Sections == nil {
		plan.Update.Sections = map[lockstep.ConfigSection]any{}
	}
	var value any
	if source != nil {
		value = source.value
	}
	if len(at.keys) == 0 {
		plan.Update.Sections[at.section] = value
		return
	}
	tree, ok := plan.Update.Sections[at.section].(map[string]any)
	if !ok {
		tree = map[string]any{}
		plan.Update.Sections[at.section] = tree
	}
	for _, key := range at.keys[:len(at.keys)-1] {
		below, ok := tree[key].(map[string]any)
		if !ok && tree[key] != nil {
			return // the source has a plain value in the place of what is below it
		}
		if !ok {
			below = map[string]any{}
			tree[key] = below
		}
		tree = below
	}
	tree[at.keys[len(at.keys)-1]] = value
}

// whence names the level above that says something.
func whence(l *leaf) string {
	for l.beneath != nil && l.level == lockstep.LevelEnvironment && !l.matrix {
		l = l.beneath
	}
	switch l.level {
	case lockstep.LevelType:
		if l.variable != nil {
			return "type " + l.variable.Owner
		}
		return "its type"
	case lockstep.LevelProject:
		return "the project"
	case lockstep.LevelParent:
		if l.variable != nil {
			return "its parent " + l.variable.Owner
		}
		return "its parent"
	case lockstep.LevelBuiltin, lockstep.LevelEnvironment, lockstep.LevelDeployment:
	}
	return "the matrix"
}

// Onto is a service's configuration with a patch laid over it.
func (p ServicePatch) Onto(s lockstep.ServiceConfig) lockstep.ServiceConfig {
	for field, value := range p {
		switch field {
		case "command":
			s.Command, _ = value.([]string)
		case "routes":
			s.Routes, _ = value.([]string)
		case "validate":
			s.Validate, _ = value.([]string)
		case "user":
			s.User, _ = value.(string)
		case "health":
			s.Health = nil
			if h, ok := value.(lockstep.HealthSpec); ok {
				s.Health = &h
			}
		case "resources":
			s.Resources = nil
			if r, ok := value.(lockstep.Resources); ok {
				s.Resources = &r
			}
		}
	}
	return s
}
