package config

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/flag"
)

//go:embed schema/*.json
var schemas embed.FS

// maxSections bounds what an environment's sections may have, as JSON.
const maxSections = 1 << 20

// Schema is the JSON Schema of a section, for editors and other tools.
func Schema(s lockstep.ConfigSection) ([]byte, error) {
	raw, err := schemas.ReadFile("schema/" + string(s) + ".json")
	if err != nil {
		return nil, lockstep.Errorf(lockstep.CodeNotFound, "there is no section %s: there are %s", shown(string(s)), listed(lockstep.ConfigSections()))
	}
	return raw, nil
}

var compiled = sync.OnceValues(func() (map[lockstep.ConfigSection]*jsonschema.Schema, error) {
	out := map[lockstep.ConfigSection]*jsonschema.Schema{}
	for _, s := range lockstep.ConfigSections() {
		raw, err := Schema(s)
		if err != nil {
			return nil, err
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("schema of %s: %w", s, err)
		}
		if out[s], err = compile(value); err != nil {
			return nil, fmt.Errorf("schema of %s: %w", s, err)
		}
	}
	return out, nil
})

// applySections merges a patch and holds what it changes to its schemas.
func applySections(old, patch map[lockstep.ConfigSection]any) (map[lockstep.ConfigSection]any, error) {
	if len(patch) == 0 {
		return old, nil
	}
	schema, err := compiled()
	if err != nil {
		return old, err
	}
	out := maps.Clone(old)
	if out == nil {
		out = map[lockstep.ConfigSection]any{}
	}
	var problems []lockstep.Problem
	for _, name := range slices.Sorted(maps.Keys(patch)) {
		s, known := schema[name]
		if !known {
			names := make([]string, 0, len(schema))
			for _, n := range lockstep.ConfigSections() {
				names = append(names, string(n))
			}
			p := lockstep.Problem{Field: clip(string(name)), Message: "there is no such section: use one of " + strings.Join(names, ", "), Suggestion: didYouMean(string(name), names)}
			problems = append(problems, p)
			continue
		}
		value, err := numbered(MergePatch(old[name], patch[name]))
		if err != nil {
			problems = append(problems, lockstep.Problem{Field: string(name), Message: err.Error()})
			continue
		}
		if value == nil {
			delete(out, name)
			continue
		}
		for _, f := range against(s, value) {
			p := lockstep.Problem{Field: strings.Join(append([]string{string(name)}, f.path...), "."), Message: f.text}
			problems = append(problems, p)
		}
		if name == lockstep.SectionFeatures {
			problems = append(problems, flagProblems(value)...)
		}
		if found := secretLike(string(name), value); found != "" {
			problems = append(problems, lockstep.Problem{
				Field: found, Message: "a secret does not belong into a section, which everybody reads",
				Suggestion: "keep it as a sensitive variable (lockstep vars set --secret) and name that variable here",
			})
		}
		out[name] = value
	}
	if raw, err := json.Marshal(out); err != nil || len(raw) > maxSections {
		problems = append(problems, lockstep.Problem{Message: fmt.Sprintf("the sections have %d bytes, more than the %d that they may have", len(raw), maxSections)})
	}
	if len(problems) > 0 {
		return old, Unfit("the sections cannot be changed like that", first(problems))
	}
	if len(out) == 0 {
		out = nil
	}
	return out, nil
}

// flagProblems is what a schema cannot say of feature flags.
func flagProblems(features any) []lockstep.Problem {
	section, _ := features.(map[string]any)
	flags, err := Flags(lockstep.ConfigDocument{Sections: map[lockstep.ConfigSection]any{lockstep.SectionFeatures: section}})
	if err != nil {
		return []lockstep.Problem{{Field: string(lockstep.SectionFeatures), Message: "it is no JSON"}}
	}
	_, problems := flag.Compile(flags)
	for i := range problems {
		problems[i].Field = "features.flags." + problems[i].Field
	}
	return problems
}

// numbered is a value as JSON readers give it, whatever made it; numbers stay
// as they are written.
func numbered(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("it is no JSON")
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(raw))
}

// secretLike finds a key whose name says that its text is a secret.
func secretLike(path string, v any) string {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if text, is := v[key].(string); is && text != "" && !strings.HasPrefix(text, "${") && secretName(key) {
				return path + "." + key
			}
			if found := secretLike(path+"."+key, v[key]); found != "" {
				return found
			}
		}
	case []any:
		for i := range v {
			if found := secretLike(fmt.Sprintf("%s.%d", path, i), v[i]); found != "" {
				return found
			}
		}
	}
	return ""
}

func secretName(key string) bool {
	key = strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(key))
	switch key {
	case "password", "secret", "token", "apikey", "secretkey", "accesskey", "privatekey", "clientsecret", "credential", "credentials":
		return true
	}
	return false
}

// MergePatch lays a patch over a value by RFC 7396: null removes, objects are
// merged, anything else replaces.
func MergePatch(target, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, _ := target.(map[string]any)
	out := make(map[string]any, len(t)+len(p))
	maps.Copy(out, t)
	for key, value := range p {
		if value == nil {
			delete(out, key)
			continue
		}
		out[key] = MergePatch(out[key], value)
	}
	return out
}
