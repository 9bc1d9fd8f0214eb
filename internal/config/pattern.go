package config

import (
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// Patterns are of paths: variables.backend.LOG_LEVEL. In one, * stands for any
// text, dots too. A pattern without a dot is of the last part of a path, or of
// the first alone (*_URL, features); every other one is of the whole path, or
// of its beginning up to a dot (services.backend).
type Patterns []string

// CheckPatterns refuses what no path can match. field names where they stand.
func CheckPatterns(field string, patterns []string) error {
	if len(patterns) > maxPatterns {
		return lockstep.Invalid(field, "%d patterns are more than the %d that are looked at", len(patterns), maxPatterns)
	}
	for _, p := range patterns {
		if p == "" || len(p) > longestPattern || strings.ContainsAny(p, " \t\r\n\x00") {
			return lockstep.Invalid(field, "pattern %q: write a path without spaces, with * for any text: variables.backend.*, *_URL, features", lockstep.PlainText([]byte(p[:min(len(p), 80)])))
		}
	}
	return nil
}

const (
	maxPatterns    = 100
	longestPattern = 300
)

// First is the first pattern that a path matches, "" where none does.
func (ps Patterns) First(path string) string {
	first, _, _ := strings.Cut(path, ".")
	last := path[strings.LastIndexByte(path, '.')+1:]
	for _, p := range ps {
		if !strings.Contains(p, ".") {
			if matches(p, last) || matches(p, first) {
				return p
			}
			continue
		}
		if matches(p, path) || matches(p+".*", path) {
			return p
		}
	}
	return ""
}

// matches compares with * as any text, in time that grows with the product of
// both lengths at most.
func matches(pattern, text string) bool {
	p, t, star, mark := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && pattern[p] == text[t]:
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
