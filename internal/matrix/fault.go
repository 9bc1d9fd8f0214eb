package matrix

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml/token"
)

// fault is a mistake in the YAML itself. After a fatal one nothing that
// follows can be told apart.
type fault struct {
	at         int
	message    string
	suggestion string
	fatal      bool
}

func faultAt(t tok, suggestion, format string, args ...any) *fault {
	return &fault{at: t.start, message: fmt.Sprintf(format, args...), suggestion: suggestion}
}

var (
	escapeFault   = regexp.MustCompile(`unknown escape character '(.)'`)
	reservedFault = regexp.MustCompile(`'(.)' is a reserved character`)
)

// scannerFault puts what the scanner says into words that help.
func scannerFault(src *source, t *token.Token) *fault {
	f := &fault{at: offsetOf(src, t.Position), message: t.Error, fatal: true}
	switch {
	case strings.Contains(t.Error, "cannot start any token"):
		f.message = "a tab stands where only spaces may"
		f.suggestion = "indent with spaces"
	case strings.Contains(t.Error, "could not find end character"):
		f.message = "this quote is never closed"
	case escapeFault.MatchString(t.Error):
		c := escapeFault.FindStringSubmatch(t.Error)[1]
		f.message = fmt.Sprintf(`unknown escape \%s in double quotes`, c)
		f.suggestion = `write \\ for a backslash, or use single quotes`
	case reservedFault.MatchString(t.Error):
		c := reservedFault.FindStringSubmatch(t.Error)[1]
		f.message = fmt.Sprintf("a value cannot start with %s", c)
		f.suggestion = "put it in quotes"
	}
	return f
}
