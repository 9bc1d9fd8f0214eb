package matrix_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/matrix"
)

// repeat writes format n times with the number of the round.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestLimits: each limit lets through what it says, and names itself for one more.
func TestLimits(t *testing.T) {
	t.Parallel()
	const production = "environments: {production: }\n"
	service := func(rest string) string { return production + "services: {backend: {command: [./b]" + rest + "}}\n" }
	nested := func(levels int) string {
		return "environments: {production: {networking: " + strings.Repeat("[", levels-3) + strings.Repeat("]", levels-3) + "}}\n"
	}
	lines := func(levels int) string {
		src := "environments:\n  production:\n    networking:\n"
		for i := range levels {
			src += strings.Repeat(" ", 6+i) + "a:\n"
		}
		return src
	}
	for name, c := range map[string]struct{ within, beyond, message string }{
		"services": {
			production + "services: {" + repeat(200, "s%[1]d: {command: [a], routes: [/s%[1]d]}, ") + "}\n",
			production + "services: {" + repeat(201, "s%[1]d: {command: [a], routes: [/s%[1]d]}, ") + "}\n",
			"201 services are more than 200",
		},
		"variables": {
			service(", env: {" + repeat(1000, "V%d: x, ") + "}"),
			service(", env: {" + repeat(1001, "V%d: x, ") + "}"),
			"1001 variables are more than 1000",
		},
		"variables over all environments": {
			"services: {backend: {command: [./b], env: {" + repeat(500, "V%d: x, ") + "}}}\nenvironments: {" + repeat(4000, "e-%d: , ") + "}\n",
			"services: {backend: {command: [./b], env: {" + repeat(500, "V%d: x, ") + "}}}\nenvironments: {" + repeat(4001, "e-%d: , ") + "}\n",
			"2000500 variables over all environments are more than 2000000",
		},
		"a long value": {
			service(", env: {A: " + strings.Repeat("x", 128<<10) + "}"),
			service(", env: {A: " + strings.Repeat("x", 128<<10+1) + "}"),
			"131073 bytes are more than a program can be given",
		},
		"a long description": {
			"environments: {production: {description: " + strings.Repeat("x", 2000) + "}}\n",
			"environments: {production: {description: " + strings.Repeat("x", 2001) + "}}\n",
			"at most 2000 bytes",
		},
		"brackets":    {"", nested(60), "nested deeper than 50 levels"},
		"indentation": {lines(40), lines(60), "nested deeper than 50 levels"},
		"aliases": {
			"x-a: &a [" + repeat(1000, "%d, ") + "]\nx-b: [" + strings.Repeat("*a, ", 990) + "]\n" + production,
			"x-a: &a [" + repeat(1000, "%d, ") + "]\nx-b: [" + strings.Repeat("*a, ", 1000) + "]\n" + production,
			"stand for more than 1000000 values",
		},
		"empty lines": {
			production + strings.Repeat("\n", 90) + "project: shop\n",
			production + strings.Repeat("\n", 110) + "project: shop\n",
			"more than 100 empty lines in a row",
		},
		"a long route": {
			service(", routes: [/" + strings.Repeat("x", 199) + "]"),
			service(", routes: [/" + strings.Repeat("x", 200) + "]"),
			"at most 200 characters",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.within != "" {
				parse(t, c.within)
			}
			_, err := matrix.Parse([]byte(c.beyond), "m.yaml")
			var coded *lockstep.Error
			if !errors.As(err, &coded) || len(coded.Problems) != 1 || !strings.Contains(coded.Problems[0].Message, c.message) {
				t.Errorf("want one problem with %q, got %.300v", c.message, err)
			}
		})
	}
}

// TestManyMistakes: the first thousand are told, and how many there are.
func TestManyMistakes(t *testing.T) {
	t.Parallel()
	_, err := matrix.Parse([]byte("environments: {production: }\n"+repeat(1500, "key-%d: x\n")), "m.yaml")
	var coded *lockstep.Error
	if !errors.As(err, &coded) || len(coded.Problems) != 1000 || coded.Message != "m.yaml has 1500 mistakes" {
		t.Fatalf("%.200v", err)
	}
	if last := coded.Problems[999].Message; !strings.HasSuffix(last, "(and 500 mistakes more, not shown)") {
		t.Errorf("the last one says %q", last)
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src, message string
		line, column int
	}{
		"UTF-16":         {"\xff\xfee\x00", "the file is UTF-16", 1, 1},
		"Latin-1":        {"project: shop\nenvironments:\n  production: {description: caf\xe9}\n", "not UTF-8 from here on", 3, 32},
		"NUL":            {"project: shop\nruntime: \x00\n", "a NUL byte", 2, 10},
		"a lone \\r":     {"project: shop\rruntime: wrong\renvironments: {}\r", "unknown runtime", 2, 10},
		"wide letters":   {"environments: {production: {description: größe, typ: x}}\n", "unknown key", 1, 49},
		"a bad escape":   {"environments:\n  production: {description: \"\\q\"}\n", `unknown escape \q`, 2, 31},
		"a reserved one": {"environments:\n  production: {description: @x}\n", "cannot start with @", 2, 29},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := matrix.Parse([]byte(c.src), "m.yaml")
			var coded *lockstep.Error
			if !errors.As(err, &coded) || len(coded.Problems) != 1 {
				t.Fatalf("%v", err)
			}
			p := coded.Problems[0]
			if !strings.Contains(p.Message, c.message) || p.Line != c.line || p.Column != c.column {
				t.Errorf("got %d:%d %q, want %d:%d %q", p.Line, p.Column, p.Message, c.line, c.column, c.message)
			}
		})
	}
}
