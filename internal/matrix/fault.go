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

func (b *builder) secondColon(t tok) *fault {
	if t.lastLine > t.line {
		// "A: b" and, deeper, "B: c": the scanner took b and B for one text.
		line := b.src.lines[t.lastLine-1]
		at := line + len(b.src.line(t.lastLine)) - len(strings.TrimLeft(b.src.line(t.lastLine), " "))
		return &fault{at: at, message: "this line is indented deeper than the key above, which has a value already", suggestion: "line it up with that key"}
	}
	return faultAt(t, "put the value in quotes", `a second ": " on one line`)
}

func (b *builder) noKey(t tok) *fault {
	hint := ""
	if word, _, colon := strings.Cut(t.text, ":"); colon && t.kind == token.StringType && !strings.ContainsAny(word, " \n") {
		hint = "put a space after the colon"
	}
	if t.kind == token.SequenceEntryType {
		return faultAt(t, "", `expected "key: value" here, and found a list item`)
	}
	if t.kind == token.AliasType || t.kind == token.AnchorType || t.kind == token.TagType {
		return faultAt(t, "", "a key is a plain text, without &, * or !")
	}
	if t.kind == token.MappingStartType || t.kind == token.SequenceStartType {
		return faultAt(t, "", "a key is a plain text, not something in brackets")
	}
	return faultAt(t, hint, `expected "key: value" here`)
}

// trailing is about a token on the line of a value that has ended.
func (b *builder) trailing(before, t tok) *fault {
	if f := b.placeholder(before); f != nil {
		return f
	}
	if before.kind == token.SingleQuoteType || before.kind == token.DoubleQuoteType {
		return faultAt(t, "put the whole value in quotes", "text after a closing quote")
	}
	return b.stray(t)
}

func (b *builder) stray(t tok) *fault {
	return faultAt(t, "check the indentation and the brackets", "this does not belong to anything above it")
}

func tooDeep(t tok) *fault {
	f := faultAt(t, "", "nested deeper than %d levels", maxDepth)
	f.fatal = true
	return f
}
