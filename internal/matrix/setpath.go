package matrix

import (
	"strconv"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// segment is one step of a path: a key, or the index of an item.
type segment struct {
	key   string
	index int // -1 for a key
}

// parsePath reads a path as problems show it: services.backend.env.LOG_LEVEL,
// environments.production.domains[0], x."a.b".
func parsePath(path string) ([]segment, error) {
	bad := func(what string) ([]segment, error) {
		return nil, lockstep.Invalid("path", "path %q: %s", clip(path), what)
	}
	var out []segment
	rest := path
	for rest != "" {
		switch {
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 || len(out) == 0 {
				return bad("an index stands in brackets behind a key")
			}
			n, err := strconv.Atoi(rest[1:end])
			if err != nil || n < 0 {
				return bad("an index is a whole number from 0")
			}
			out = append(out, segment{index: n})
			rest = rest[end+1:]
		case rest[0] == '"':
			prefix, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return bad("a quote is not closed")
			}
			key, err := strconv.Unquote(prefix)
			if err != nil {
				return bad("a quoted key is wrong")
			}
			out = append(out, segment{key: key, index: -1})
			rest = rest[len(prefix):]
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			if end == 0 {
				return bad("a key is missing")
			}
			out = append(out, segment{key: rest[:end], index: -1})
			rest = rest[end:]
		}
		if strings.HasPrefix(rest, ".") {
			if rest = rest[1:]; rest == "" {
				return bad("it ends in a dot")
			}
		} else if rest != "" && rest[0] != '[' {
			return bad("keys are separated by dots")
		}
	}
	if len(out) == 0 {
		return bad("it is empty")
	}
	return out, nil
}
