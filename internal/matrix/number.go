package matrix

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/token"
)

var decimal = regexp.MustCompile(`^[+-]?(0|[1-9][0-9]*)$`)

// integer is a whole number from least to most.
func (v value) integer(least, most int) (int, bool) {
	switch {
	case v.n.kind == null:
		v.wrong("", "has no value")
		return 0, false
	case v.n.kind != text || !decimal.MatchString(v.n.text):
		v.wrong("", "expected a whole number from %d to %d, not %s", least, most, v.shown())
		return 0, false
	case v.n.scalar != token.IntegerType:
		v.wrong("remove the quotes", "expected a whole number, not a text")
		return 0, false
	}
	n, err := strconv.Atoi(v.n.text)
	if err != nil || n < least || n > most {
		v.wrong("", "%s is out of range: use %d to %d", clip(v.n.text), least, most)
		return 0, false
	}
	return n, true
}

func (v value) shown() string {
	if v.n.kind == text {
		return strconv.Quote(clip(v.n.text))
	}
	return v.n.kind.String()
}

func (v value) boolean() (b, ok bool) {
	if v.n.kind == text && v.n.scalar == token.BoolType {
		b, err := strconv.ParseBool(v.n.text)
		return b, err == nil
	}
	hint := "write true or false"
	switch strings.ToLower(v.n.text) {
	case "yes", "on", "y", "true", "enabled":
		hint = "did you mean true?"
	case "no", "off", "n", "false", "disabled":
		hint = "did you mean false?"
	}
	v.wrong(hint, "expected true or false, not %s", v.shown())
	return false, false
}

// choice is one of a few names.
func choice[T ~string](v value, what string, allowed []T) (T, bool) {
	s, ok := v.text()
	if !ok {
		return "", false
	}
	if slices.Contains(allowed, T(s)) {
		return T(s), true
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	v.wrong(v.d.names.didYouMeanOr(s, names), "unknown %s %q", what, clip(s))
	return "", false
}
