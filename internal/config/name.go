package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// maxKey is the most bytes of a variable's name (A: VARCHAR(255)).
const maxKey = 255

// CheckKey says what is wrong with a variable's name, "" for nothing. Names
// are portable: every shell and every program can read them.
func CheckKey(key string) string {
	switch {
	case key == "":
		return "it has no name"
	case len(key) > maxKey:
		return fmt.Sprintf("its name is longer than %d bytes", maxKey)
	case !portable(key):
		text := "use letters, digits and underscores, not starting with a digit"
		if fixed := strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(key); fixed != key && portable(fixed) {
			text += "; did you mean " + fixed + "?"
		}
		return text
	case key == "PORT":
		return "PORT is set by Lockstep, to a port that is free: the program reads $PORT or is given {{port}}"
	case strings.HasPrefix(key, "LOCKSTEP_"):
		return "names that start with LOCKSTEP_ are set by Lockstep: choose another"
	}
	return ""
}

func portable(key string) bool {
	for i, c := range []byte(key) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return key != ""
}

// shown is a name that may be anything, safe to print and not too long.
func shown(name string) string {
	if len(name) > 64 {
		name = name[:64] + "…"
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(name, "?"))
}

// near is the name that was most likely meant, "" where none is near.
func near(name string, names []string) string {
	if len(name) > 64 {
		return ""
	}
	best, distance := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		if len(candidate) > len(name)+distance || len(name) > len(candidate)+distance {
			continue
		}
		d := lockstep.EditDistance(strings.ToUpper(name), strings.ToUpper(candidate))
		if d < distance && d < len(candidate) {
			best, distance = candidate, d
		}
	}
	return best
}

func didYouMean(name string, names []string) string {
	if n := near(name, slices.Sorted(slices.Values(names))); n != "" {
		return "did you mean " + n + "?"
	}
	return ""
}

// listed are names as a sentence has them.
func listed[S ~string](names []S) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}
