package config

import (
	"regexp"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestPatterns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, path string
		want          bool
	}{
		{"*_URL", "variables.backend.API_URL", true},
		{"*_URL", "variables.API_URL", true},
		{"*_URL", "variables.backend.API_URLS", false},
		{"features", "features.checkout.enabled", true},
		{"features", "variables.features.checkout.KEY", false},
		{"variables.*", "variables.backend.KEY", true},
		{"variables.backend", "variables.backend.KEY", true},
		{"variables.backend", "variables.backend2.KEY", false},
		{"services.*.replicas", "services.backend.replicas", true},
		{"services.*.replicas", "services.backend.command", false},
		{"*", "release", true},
		{"*.KEY", "variables.backend.KEY", true},
	} {
		if got := (Patterns{c.pattern}).First(c.path) != ""; got != c.want {
			t.Errorf("%s of %s: %v, want %v", c.pattern, c.path, got, c.want)
		}
	}
	for _, bad := range []string{"", "a b", strings.Repeat("x", longestPattern+1)} {
		if err := CheckPatterns("exclude", []string{bad}); lockstep.CodeOf(err) != lockstep.CodeInvalid {
			t.Errorf("%.10q is let in: %v", bad, err)
		}
	}
}

// FuzzMatches compares with what a regular expression says.
func FuzzMatches(f *testing.F) {
	f.Add("*_URL", "API_URL")
	f.Add("a*b*c", "aXbYbZc")
	f.Add("**", "")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 50 || len(text) > 200 {
			return
		}
		parts := strings.Split(pattern, "*")
		for i := range parts {
			parts[i] = regexp.QuoteMeta(parts[i])
		}
		re, err := regexp.Compile(`(?s)\A` + strings.Join(parts, `.*`) + `\z`)
		if err != nil {
			return
		}
		if got, want := matches(pattern, text), re.MatchString(text); got != want && strings.ToValidUTF8(pattern+text, "") == pattern+text {
			t.Errorf("%q of %q: %v, want %v", pattern, text, got, want)
		}
	})
}
