package matrix

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lockstep-dev/lockstep"
)

// TestScalarText: what another YAML reader could take for something else is
// quoted, and what people write without quotes is not.
func TestScalarText(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"info", "./backend", "--port", "-v", "http://db:5432/x", "registry.example.com:5000/a", "10.0.0.0/16", "us-east-1",
		"two words", "a.b@c", "50%", "A=b", "1.2.3", "v1.2.0-rc1", "/api", ".",
	} {
		if got := scalarText(s); got != s {
			t.Errorf("%q became %s", s, got)
		}
	}
	for _, s := range []string{
		"", " ", " a", "a ", "a  b", "1", "1.5", "-1", "+1", "1_000", "0x1F", "0o7", "1e3", ".5", ".inf", ".nan", "nan", "inf", "12:30", "2001-01-01",
		"true", "True", "no", "NO", "y", "null", "~", "<<", "-", "--", "---", "...", "- a", "a: b", "a:", ":a", "a #b", "#a", "a,b", "[a]", "{a}", "{{port}}",
		"*a", "&a", "!a", "|", ">", "'a'", "\"a\"", "%a", "@a", "`a`", "a\tb", "a\nb", "é", "?", "= ",
	} {
		if got := scalarText(s); got[0] != '"' {
			t.Errorf("%q became %s", s, got)
		}
	}
	for want, v := range map[string]any{
		"null": nil, "true": true, "-3": int64(-3), "3": 3, "1h30m": lockstep.Duration(90 * time.Minute), "500ms": 500 * time.Millisecond,
		"0s": time.Duration(0), "1.5": 1.5, "20": 20.0, "1.0e+20": 1e20,
	} {
		if got := scalarText(v); got != want {
			t.Errorf("%v became %s, want %s", v, got, want)
		}
	}
}

// TestScalarsReadBack: any value reads back as it was, in lines and in brackets.
func TestScalarsReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := generator{t}
		value := map[string]any{"a": g.anything(3), "b": []any{g.anything(2)}}
		var lines strings.Builder
		writeBlock(&lines, sorted(value), 0)
		for _, src := range []string{flowText(value), lines.String()} {
			_, root, err := load([]byte(src), "m.yaml")
			if err != nil {
				t.Fatalf("%s\n%v", src, err)
			}
			got, ok := root.plain()
			if c := compare(branch{"v": got}, branch{"v": value}, environmentShips); !ok || len(c) > 0 {
				t.Fatalf("%s\n%+v", src, c)
			}
		}
	})
}

func TestSuggestionsHaveABudget(t *testing.T) {
	t.Parallel()
	var s suggester
	if got := s.nearest("prodution", []string{"staging", "production"}); got != "production" {
		t.Errorf("got %q", got)
	}
	s.spent = suggestBudget + 1
	if got := s.nearest("prodution", []string{"staging", "production"}); got != "" {
		t.Errorf("got %q after the budget is used up", got)
	}
	many := make([]string, 10_000)
	for i := range many {
		many[i] = "a-name-that-is-long"
	}
	s = suggester{}
	for range 1_000 {
		s.nearest("another-long-name", many)
	}
	if s.spent > suggestBudget+100 {
		t.Errorf("spent %d of %d", s.spent, suggestBudget)
	}
}
