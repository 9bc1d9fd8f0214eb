package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Freeze lays a configuration over a release. What is wrong with it is one
// CodeInvalid error with everything.
func Freeze(release lockstep.Release, doc lockstep.ConfigDocument, in Setting) (lockstep.RevisionContent, error) {
	in.Release = release.Version
	content := lockstep.NewRevisionContent(release, in.Number, doc)
	resolved, found := Resolve(doc, release.Services, in)
	problems := append(given(in), Plain(found)...)
	if len(problems) > 0 {
		return lockstep.RevisionContent{}, Unfit(fmt.Sprintf("configuration %d of %s cannot be deployed", in.Number, in.Environment), problems)
	}
	for i := range content.Services {
		s := &content.Services[i]
		r := resolved[s.Name]
		s.Env, s.SecretEnv, s.FileEnv = r.Env, r.SecretEnv, r.Files
		if len(r.Secrets) > 0 && content.Secrets == nil {
			content.Secrets = map[string]int64{}
		}
		maps.Copy(content.Secrets, r.Secrets)
	}
	flags, err := Flags(doc)
	content.Flags = flags
	return content, err
}

// given checks what a deployment brings along.
func given(in Setting) (problems []lockstep.Problem) {
	say := func(key, message string) {
		problems = append(problems, lockstep.Problem{Field: "variables." + key, Message: message})
	}
	for _, key := range slices.Sorted(maps.Keys(in.Variables)) {
		if text := CheckKey(key); text != "" {
			say(clip(key), text)
		} else if text := checkText(in.Variables[key]); text != "" {
			say(key, text)
		}
	}
	return problems
}

func clip(name string) string {
	if len(name) > 64 {
		return strings.ToValidUTF8(name[:64], "?") + "…"
	}
	return strings.ToValidUTF8(name, "?")
}

// Flags is each feature flag as canonical JSON.
func Flags(doc lockstep.ConfigDocument) (map[string]string, error) {
	features, _ := doc.Sections[lockstep.SectionFeatures].(map[string]any)
	flags, _ := features["flags"].(map[string]any)
	if len(flags) == 0 {
		return nil, nil
	}
	out := make(map[string]string, len(flags))
	for name, flag := range flags {
		raw, err := lockstep.Canonical(flag)
		if err != nil {
			return nil, fmt.Errorf("feature %s: %w", name, err)
		}
		out[name] = string(raw)
	}
	return out, nil
}

// Unfit is problems as one error. One problem is the message itself.
func Unfit(what string, problems []lockstep.Problem) *lockstep.Error {
	err := lockstep.Errorf(lockstep.CodeInvalid, "%s: %d things are wrong", what, len(problems))
	if len(problems) == 1 {
		err = lockstep.Errorf(lockstep.CodeInvalid, "%s", what)
	}
	err.Problems = problems
	return err
}
