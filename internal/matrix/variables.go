package matrix

import (
	"regexp"
	"strings"
)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// readEnv reads environment variables whose values pass a check. Numbers and booleans are texts as they
// were written.
func readEnv(v value, check func(value) (string, bool)) map[string]string {
	fields, ok := v.fields()
	if !ok {
		return nil
	}
	if len(fields) > maxVariables {
		v.wrong("", "%d variables are more than %d", len(fields), maxVariables)
		return nil
	}
	out := make(map[string]string, len(fields))
	for _, f := range fields {
		if !f.variableName() {
			continue
		}
		s, ok := check(f.value)
		if !ok {
			continue
		}
		if len(s) > maxValue {
			f.wrong("", "%d bytes are more than a program can be given (%d)", len(s), maxValue)
			continue
		}
		out[f.name] = s
	}
	return out
}

func (f field) variableName() bool {
	switch {
	case !variableName.MatchString(f.name):
		f.d.report(f.key, variableHint(f.name), "variable name %q: use letters, digits and underscores, not starting with a digit", clip(f.name))
	case f.name == "PORT":
		f.d.report(f.key, "remove it; the program reads $PORT or is given {{port}}", "PORT is set by Lockstep, to a port that is free")
	case strings.HasPrefix(f.name, "LOCKSTEP_"):
		f.d.report(f.key, "choose another name", "names that start with LOCKSTEP_ are set by Lockstep")
	default:
		return true
	}
	return false
}

func variableHint(name string) string {
	fixed := strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(name)
	if fixed != name && variableName.MatchString(fixed) {
		return "did you mean " + clip(fixed) + "?"
	}
	return ""
}
