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
	text := func(t string) {
		if t != "" {
			out = append(out, piece{text: t})
		}
	}
	for rest := value; ; {
		i := strings.Index(rest, "${")
		if i < 0 {
			text(rest)
			return out, nil
		}
		if i > 0 && rest[i-1] == '$' {
			text(rest[:i-1])
			text(rest[i : i+2])
			rest = rest[i+2:]
			continue
		}
		text(rest[:i])
		name, after, closed := strings.Cut(rest[i+2:], "}")
		switch {
		case !closed:
			return nil, fmt.Errorf("a reference that starts with ${ does not end: close it with }, or write $${ for the text ${")
		case !portable(name):
			return nil, fmt.Errorf("between ${ and } stands %s, which is no variable's name: write $${ for the text ${", shown(name))
		}
		out = append(out, piece{ref: name})
		rest = after
	}
}

// Escape writes a text so that it is itself as a value.
func Escape(text string) string { return strings.ReplaceAll(text, "${", "$${") }
