package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestValuesAreCutWhereTheyDiffer(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40)
	for _, c := range []struct{ a, b, wantA, wantB any }{
		{"info", "debug", "info", "debug"},
		{nil, "", "–", `""`},
		{3.0, []any{"a", 1.0}, "3", `["a",1]`},
		{"a\nb\x1b[31m", true, "a␊b", "true"},
		{long + "1", long + "2", "…" + long[:34] + "1", "…" + long[:34] + "2"},
		{"a" + long, "b" + long, "a" + long[:34] + "…", "b" + long[:34] + "…"},
		{long + "1" + long, "short", long[:35] + "…", "short"},
		{long, long + long, "…" + long[:35], "…" + long[:34] + "…"},
		{strings.Repeat("漢", 50), "漢", strings.Repeat("漢", 35) + "…", "漢"},
	} {
		a, b := beside(c.a, c.b, false)
		if a != c.wantA || b != c.wantB {
			t.Errorf("%.20v and %.20v:\n got %q\n     %q\nwant %q\n     %q", c.a, c.b, a, b, c.wantA, c.wantB)
		}
		for _, s := range []string{a, b} {
			if n := len([]rune(s)); n > widestValue {
				t.Errorf("%q is %d wide", s, n)
			}
		}
	}
	if a, b := beside(lockstep.Redacted, lockstep.Redacted, true); a != lockstep.Redacted || b != "another one" {
		t.Errorf("secrets: %q %q", a, b)
	}
	if a, b := beside(nil, lockstep.Redacted, true); a != "–" || b != lockstep.Redacted {
		t.Errorf("a secret that one lacks: %q %q", a, b)
	}
}

func TestDiffOfWhatIsTheSame(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	a := &app{Options: Options{Out: &out, Getenv: func(string) string { return "" }}}
	a.writeDiff(&out, lockstep.EnvironmentDiff{
		Source: lockstep.DiffSide{Name: "blue", ConfigVersion: 3, Release: "1.0.0", Running: 3},
		Target: lockstep.DiffSide{Name: "green-1", ConfigVersion: 2}, Same: 7,
	}, "")
	want := "blue     configuration 3, runs 1.0.0\ngreen-1  configuration 2, nothing runs\n\nThey do not differ; 7 paths are the same.\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}
