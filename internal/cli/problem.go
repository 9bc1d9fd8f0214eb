package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// describe renders an error with all of its problems, as compilers do:
// position, message, excerpt, suggestion.
func describe(err error) string {
	var e *lockstep.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString(e.Message)
	for _, p := range e.Problems {
		b.WriteString("\n\n  ")
		if p.Line > 0 {
			fmt.Fprintf(&b, "line %d, column %d: ", p.Line, p.Column)
		}
		if p.Field != "" {
			b.WriteString(p.Field + ": ")
		}
		b.WriteString(p.Message)
		for line := range strings.Lines(p.Excerpt) {
			b.WriteString("\n    " + strings.TrimRight(line, "\n"))
		}
		if p.Suggestion != "" {
			b.WriteString("\n    " + p.Suggestion)
		}
	}
	return b.String()
}

// isUsage recognises what cobra itself refuses, which carries no code.
func isUsage(err error) bool {
	for _, prefix := range []string{"unknown command", "unknown flag", "unknown shorthand", "accepts ", "requires ", "required flag", "invalid argument"} {
		if strings.HasPrefix(err.Error(), prefix) {
			return true
		}
	}
	return false
}
