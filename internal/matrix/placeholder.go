package matrix

import (
	"regexp"
	"slices"
	"strings"
)

var placeholderShape = regexp.MustCompile(`\{\{[^{}]*\}\}`)

// The placeholders that a running instance has; {{version}} is filled when
// the revision is frozen, the others when it starts.
var allPlaceholders = []string{"port", "environment", "project", "version"}

// placeholders reports every {{name}} in s that is not one of allowed.
func (v value) placeholders(s string, allowed ...string) bool {
	ok := true
	for _, found := range placeholderShape.FindAllString(s, -1) {
		name := found[2 : len(found)-2]
		if slices.Contains(allowed, name) {
			continue
		}
		ok = false
		switch trimmed := strings.TrimSpace(name); {
		case slices.Contains(allowed, trimmed):
			v.wrong("did you mean {{"+trimmed+"}}?", "placeholder %q has spaces in it", clip(found))
		case slices.Contains(allPlaceholders, trimmed):
			v.wrong("", "%s is not filled in here", found)
		default:
			hint := ""
			if near := v.d.names.nearest(trimmed, allowed); near != "" {
				hint = "did you mean {{" + near + "}}?"
			} else if len(allowed) > 0 {
				hint = "use one of {{" + strings.Join(allowed, "}}, {{") + "}}"
			}
			v.wrong(hint, "unknown placeholder %s", clip(found))
		}
	}
	return ok
}

// template is a text with any of the placeholders.
func (v value) template() (string, bool) {
	s, ok := v.text()
	return s, ok && v.placeholders(s, allPlaceholders...)
}
