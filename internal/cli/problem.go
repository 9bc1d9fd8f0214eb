package cli

import (
	"errors"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// describe renders an error with all of its problems. Sentences are wrapped
// at columns (0: not at all), excerpts never.
func describe(err error, columns int) string {
	var e *lockstep.Error
	if !errors.As(err, &e) {
		return wrap("error: "+err.Error(), columns)
	}
	var b strings.Builder
	b.WriteString(wrap("error: "+e.Message, columns))
	said := len(e.Problems) == 1 && saysAll(e)
	for _, p := range e.Problems {
		if said {
			continue
		}
		b.WriteString("\n")
		if p.Line > 0 {
			b.WriteString("\n")
		}
		if e.Code == lockstep.CodeRefused || e.Code == lockstep.CodeUnsupported {
			p.Field = "" // there it names a rule
		}
		b.WriteString(p.Text(func(text string) string { return wrap(text, columns) }))
	}
	return b.String()
}

// saysAll says that an error's message has everything its one problem has.
func saysAll(e *lockstep.Error) bool {
	p := e.Problems[0]
	return p.Line == 0 && strings.Contains(e.Message, p.Message) && strings.Contains(e.Message, p.Suggestion)
}

// isUsage recognises what cobra itself refuses, which carries no code.
func isUsage(err error) bool {
	for _, prefix := range []string{"unknown command", "unknown flag", "unknown shorthand", "invalid argument"} {
		if strings.HasPrefix(err.Error(), prefix) {
			return true
		}
	}
	return false
}
