package config

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Edit says who changes the variables of one owner, when, and with what.
type Edit struct {
	Level lockstep.VariableLevel
	Owner string
	Actor string
	At    time.Time
	// Above is what the owner has from the levels above it. What is sensitive
	// there is sensitive here too, unless a change says otherwise.
	Above []lockstep.Variable
	// Services are the targets that there are; nil: any.
	Services []string
	// Seal keeps a sensitive value, or copies one, and says which version of
	// which secret it is. v is the variable as it is without it. Without Seal
	// nothing can be sensitive.
	Seal func(v lockstep.Variable, value *string, from *lockstep.SecretRef) (lockstep.SecretRef, error)
}

// ApplyUpdate makes the document that follows from an update of an
// environment: its own variables changed one by one, its sections by a merge
// patch (RFC 7396). Everything that is wrong with the update is one error,
// and then nothing of it is done.
func ApplyUpdate(doc lockstep.ConfigDocument, up lockstep.ConfigUpdate, e Edit) (lockstep.ConfigDocument, []lockstep.ConfigChange, error) {
	out := doc
	out.Format = lockstep.ConfigFormat
	var problems []lockstep.Problem
	sections, err := applySections(doc.Sections, up.Sections)
	problems = append(problems, problemsOf(err)...)
	out.Sections = sections
	own, others := split(doc.Variables, e.Level)
	if e.Above == nil {
		e.Above = others
	}
	own, err = ApplyVariables(own, up.Variables, e)
	problems = append(problems, problemsOf(err)...)
	if len(problems) > 0 {
		return doc, nil, Unfit("the configuration cannot be changed like that", problems)
	}
	out.Variables = append(others, own...)
	Sort(out.Variables)
	return out, Diff(doc, out), nil
}

func problemsOf(err error) []lockstep.Problem {
	if err == nil {
		return nil
	}
	if e, ok := err.(*lockstep.Error); ok && len(e.Problems) > 0 { //nolint:errorlint // our own, not wrapped
		return e.Problems
	} else if ok {
		return []lockstep.Problem{{Field: e.Field, Message: e.Message}}
	}
	return []lockstep.Problem{{Message: err.Error()}}
}

func split(variables []lockstep.Variable, level lockstep.VariableLevel) (own, others []lockstep.Variable) {
	for _, v := range variables {
		if v.Level == level {
			own = append(own, v)
		} else {
			others = append(others, v)
		}
	}
	return own, others
}

// ApplyVariables changes the variables of one owner. A change that changes
// nothing leaves its variable as it was, with its time and its author.
func ApplyVariables(own []lockstep.Variable, changes []lockstep.VariableChange, e Edit) ([]lockstep.Variable, error) {
	if most := 20 * lockstep.MaxVariables; len(changes) > most { // not even looked at: each takes memory
		return own, Unfit("the variables cannot be changed like that", []lockstep.Problem{{
			Field: "variables", Message: fmt.Sprintf("the request names %d of them, and one owner may have %d", len(changes), lockstep.MaxVariables),
		}})
	}
	held := make(map[string]lockstep.Variable, len(own)+len(changes))
	for _, v := range own {
		held[v.Slot()] = v
	}
	var problems []lockstep.Problem
	say := func(c lockstep.VariableChange, format string, args ...any) {
		problems = append(problems, lockstep.Problem{Field: clipPath(c), Message: fmt.Sprintf(format, args...)})
	}
	seen := make(map[string]bool, len(changes))
	var sealed []func() error
	for _, c := range changes {
		if c.Scope == "" {
			c.Scope = lockstep.ScopeGlobal
		}
		slot := c.Slot()
		before, exists := held[slot]
		wrong := len(problems)
		switch text := CheckKey(c.Key); {
		case seen[slot]:
			say(c, "it is changed twice in one request")
		case c.Remove && !exists:
			say(c, "%s", missing(c, own, e, len(problems) < maxGuesses))
		case c.Remove:
			delete(held, slot)
		case text != "":
			say(c, "%s", text)
		}
		seen[slot] = true
		if c.Remove || len(problems) > wrong {
			continue
		}
		after, err := changed(before, exists, c, e)
		for _, p := range problemsOf(err) {
			say(c, "%s", p.Message)
		}
		if err != nil {
			continue
		}
		held[slot] = after
		if after.Sensitive && (c.Value != nil || c.Copy != nil || !before.Sensitive && before.Value != "") {
			value := c.Value
			if value == nil && c.Copy == nil {
				value = &before.Value
			}
			sealed = append(sealed, func() error {
				ref, err := e.Seal(after, value, c.Copy)
				if err != nil || ref.ID == after.SecretID && ref.Version == after.SecretVersion {
					return err // the value is what it was
				}
				after.SecretID, after.SecretVersion = ref.ID, ref.Version
				after.LastModified, after.ModifiedBy = e.At, e.Actor
				held[slot] = after
				return nil
			})
		}
	}
	if len(held) > lockstep.MaxVariables && len(held) > len(own) {
		problems = append(problems, lockstep.Problem{Field: "variables", Message: fmt.Sprintf("it would have %d variables, more than the %d that one owner may have", len(held), lockstep.MaxVariables)})
	}
	if size := sizeOf(maps.Values(held)); size > lockstep.MaxVariablesSize && size > sizeOf(slices.Values(own)) {
		problems = append(problems, lockstep.Problem{Field: "variables", Message: fmt.Sprintf("with their descriptions and rules they would have %d bytes, more than the %d that those of one owner may have: keep what is large elsewhere, and name it here", size, lockstep.MaxVariablesSize)})
	}
	if len(problems) > 0 {
		return own, Unfit("the variables cannot be changed like that", first(problems))
	}
	for _, seal := range sealed {
		if err := seal(); err != nil {
			return own, err
		}
	}
	out := slices.Collect(maps.Values(held))
	Sort(out)
	return out, nil
}

// sizeOf is about how many bytes variables take in a document, which every
// version of each environment that inherits them has.
func sizeOf(variables iter.Seq[lockstep.Variable]) (n int) {
	for v := range variables {
		n += len(v.Key) + len(v.Target) + len(v.Value) + len(v.Description) + len(v.Validation.Pattern)
		if v.DefaultValue != nil {
			n += len(*v.DefaultValue)
		}
		for _, word := range v.Validation.Enum {
			n += len(word)
		}
		if v.Validation.Schema != nil {
			raw, err := json.Marshal(v.Validation.Schema)
			if err == nil {
				n += len(raw)
			}
		}
	}
	return n
}

// first bounds what is told at once.
func first(problems []lockstep.Problem) []lockstep.Problem {
	const most = 100
	if len(problems) <= most {
		return problems
	}
	return append(problems[:most:most], lockstep.Problem{Message: fmt.Sprintf("and %d more", len(problems)-most)})
}

func clipPath(c lockstep.VariableChange) string {
	return pathOf(c.Scope, clip(c.Target), clip(c.Key))
}

// missing says why there is nothing to remove; guess: and what may have been
// meant.
func missing(c lockstep.VariableChange, own []lockstep.Variable, e Edit, guess bool) string {
	for _, v := range e.Above {
		if v.Slot() == c.Slot() {
			return fmt.Sprintf("%s %s does not set it: it comes from %s %s, where it can be removed", e.Level, e.Owner, v.Level, v.Owner)
		}
	}
	text := fmt.Sprintf("%s %s does not set it", e.Level, e.Owner)
	if !guess {
		return text
	}
	slots := make([]string, len(own))
	for i, v := range own {
		slots[i] = v.Slot()
	}
	if hint := didYouMean(c.Slot(), slots); hint != "" {
		text += ": " + hint
	}
	return text
}

// changed is a variable after a change, with what is wrong with it.
func changed(before lockstep.Variable, exists bool, c lockstep.VariableChange, e Edit) (lockstep.Variable, error) {
	after := before
	if !exists {
		after = lockstep.Variable{
			Key: c.Key, Type: lockstep.VariableString, Scope: c.Scope, Target: c.Target, Source: lockstep.SourceManual,
			Level: e.Level, Owner: e.Owner, Sensitive: sensitiveAbove(e.Above, c),
		}
	}
	set(&after.Type, c.Type)
	set(&after.Sensitive, c.Sensitive)
	set(&after.Required, c.Required)
	set(&after.Description, c.Description)
	set(&after.Validation, c.Validation)
	if c.DefaultValue != nil {
		after.DefaultValue = c.DefaultValue
	}
	if c.Source != "" {
		after.Source = c.Source
	}
	if after.Type == lockstep.VariableSecret {
		after.Sensitive = true
	}
	if c.Copy != nil {
		after.Sensitive = true
	}
	var problems []lockstep.Problem
	for _, text := range faults(before, exists, after, c, e) {
		problems = append(problems, lockstep.Problem{Message: text})
	}
	if len(problems) > 0 {
		return before, Unfit("it cannot be changed like that", problems)
	}
	switch {
	case after.Sensitive:
		after.Value = ""
	case c.Value != nil:
		after.Value, after.SecretID, after.SecretVersion = *c.Value, "", 0
	}
	if exists {
		if same, err := equal(before, after); err == nil && same {
			return before, nil
		}
	}
	after.LastModified, after.ModifiedBy = e.At, e.Actor
	return after, nil
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// sensitiveAbove says that a level above keeps a variable of this name secret.
func sensitiveAbove(above []lockstep.Variable, c lockstep.VariableChange) bool {
	return slices.ContainsFunc(above, func(v lockstep.Variable) bool {
		return v.Sensitive && v.Key == c.Key && (v.Scope == lockstep.ScopeGlobal || v.Scope == c.Scope && v.Target == c.Target)
	})
}

// maxDescription is the most bytes of a description.
const maxDescription = 1000

// faults are what is wrong with a change of a variable.
func faults(before lockstep.Variable, exists bool, after lockstep.Variable, c lockstep.VariableChange, e Edit) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if !slices.Contains(lockstep.VariableTypes(), after.Type) {
		say("there is no type %s: use one of %s", shown(string(after.Type)), listed(lockstep.VariableTypes()))
		return wrong
	}
	switch after.Scope {
	case lockstep.ScopeGlobal:
		if after.Target != "" {
			say("a global variable has no target")
		}
	case lockstep.ScopeService:
		if after.Target == "" {
			say("name the service that gets it")
		} else if e.Services != nil && !exists && !slices.Contains(e.Services, after.Target) {
			say("there is no service %s: %s", shown(after.Target), among(after.Target, e.Services))
		}
	case lockstep.ScopeFeature:
		if after.Target == "" {
			say("name the feature that it belongs to")
		} else if len(after.Target) > maxKey || checkText(after.Target) != "" {
			say("the name of its feature is longer than %d bytes, or has control characters", maxKey)
		}
	case lockstep.ScopeDeployment:
		say("a variable of a deployment is given with it: lockstep deploy --set %s=VALUE", after.Key)
	default:
		say("there is no scope %s: use global, service or feature", shown(string(after.Scope)))
	}
	if len(after.Description) > maxDescription {
		say("its description is longer than %d bytes", maxDescription)
	} else if text := checkText(after.Description); text != "" {
		say("its description has control characters or is not UTF-8")
	}
	wrong = append(wrong, checkValidation(after.Type, after.Validation)...)
	if c.Value != nil {
		wrong = append(wrong, valueFaults(after, *c.Value)...)
	} else if !after.Sensitive && before.Sensitive {
		say("to show what was secret, give its value with it")
	} else if !exists && c.Copy == nil && !after.Required && after.DefaultValue == nil && !declares(c) {
		say("it has no value")
	}
	if d := after.DefaultValue; d != nil && *d != "" {
		if after.Sensitive {
			say("a sensitive variable has no default value: everybody could read it")
		}
		if text := checkText(*d); text != "" {
			say("of its default, %s", text)
		} else if !refers(*d) {
			if text := checkType(after.Type, *d); text != "" {
				say("of its default, %s", text)
			}
			for _, text := range checkValue(after.Validation, *d) {
				say("of its default, %s", text)
			}
		}
	}
	if after.Sensitive && e.Seal == nil {
		say("sensitive values cannot be kept here: the server has no key")
	}
	return wrong
}

// declares says that a change says something of a variable beside its value.
func declares(c lockstep.VariableChange) bool {
	return c.Type != nil || c.Description != nil || c.Validation != nil || c.Required != nil || c.Sensitive != nil
}

func among(name string, names []string) string {
	if hint := didYouMean(name, names); hint != "" {
		return hint
	}
	if len(names) == 0 {
		return "the matrix names none"
	}
	return "there are " + listed(slices.Sorted(slices.Values(names)))
}

// valueFaults are what is wrong with a value that is set. One with references
// is held to its type when they are known.
func valueFaults(v lockstep.Variable, value string) []string {
	if value == lockstep.Redacted {
		return []string{"its value is what is shown instead of a secret, " + lockstep.Redacted + ": leave the value out to keep it, or give the real one"}
	}
	if text := checkText(value); text != "" {
		return []string{text}
	}
	if !v.Sensitive && refers(value) {
		if _, err := parse(value); err != nil {
			return []string{err.Error()}
		}
		return nil
	}
	if value == "" {
		return nil
	}
	if text := checkType(v.Type, value); text != "" {
		return []string{text}
	}
	return checkValue(v.Validation, value)
}

func equal(a, b any) (bool, error) {
	x, err := lockstep.Canonical(a)
	if err != nil {
		return false, err
	}
	y, err := lockstep.Canonical(b)
	return string(x) == string(y), err
}
