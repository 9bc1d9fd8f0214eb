package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// describe renders an error with all of its problems, as compilers do:
// position, message, excerpt, suggestion. Sentences are wrapped at columns
// (0: not at all), excerpts never.
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
		lead := "  "
		if p.Line > 0 {
			b.WriteString("\n")
			lead += fmt.Sprintf("line %d, column %d: ", p.Line, p.Column)
		}
		if p.Field != "" && e.Code != lockstep.CodeRefused && e.Code != lockstep.CodeUnsupported { // there it names a rule
			lead += p.Field + ": "
		}
		b.WriteString(wrap(lead+p.Message, columns))
		for line := range strings.Lines(p.Excerpt) {
			b.WriteString("\n    " + strings.TrimRight(line, "\n"))
		}
		if p.Suggestion != "" {
			b.WriteString("\n" + wrap("    "+p.Suggestion, columns))
		}
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
