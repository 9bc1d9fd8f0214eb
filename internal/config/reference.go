package config

import (
	"fmt"
	"strings"
)

// piece is a part of a value: a text, or the name of the variable that it
// refers to.
type piece struct{ text, ref string }

// refers says that a value is not simply itself.
func refers(value string) bool { return strings.Contains(value, "${") }

// parse takes a value apart. ${NAME} is a reference, $${ the text ${.
func parse(value string) ([]piece, error) {
	var out []piece
	var text strings.Builder
	for rest := value; ; {
		i := strings.Index(rest, "${")
		if i < 0 {
			text.WriteString(rest)
			break
		}
		if i > 0 && rest[i-1] == '$' {
			text.WriteString(rest[:i-1] + "${")
			rest = rest[i+2:]
			continue
		}
		text.WriteString(rest[:i])
		name, after, closed := strings.Cut(rest[i+2:], "}")
		switch {
		case !closed:
			return nil, fmt.Errorf("a reference that starts with ${ does not end: close it with }, or write $${ for the text ${")
		case !portable(name):
			return nil, fmt.Errorf("between ${ and } stands %s, which is no variable's name: write $${ for the text ${", shown(name))
		}
		if text.Len() > 0 {
			out = append(out, piece{text: text.String()})
			text.Reset()
		}
		out = append(out, piece{ref: name})
		rest = after
	}
	if text.Len() > 0 {
		out = append(out, piece{text: text.String()})
	}
	return out, nil
}

// Escape writes a text so that it is itself as a value.
func Escape(text string) string { return strings.ReplaceAll(text, "${", "$${") }
