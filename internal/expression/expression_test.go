package expression_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/expression"
)

type facts struct {
	Guest  string           `expr:"guest"`
	Tables map[string]table `expr:"tables"`
}

type table struct {
	Seats int  `expr:"seats"`
	Free  bool `expr:"free"`
}

var language = expression.Language{
	Facts: facts{}, Functions: []string{"any", "len", "values"},
	Words: map[string]string{"table": "a table", "facts": "an evening"},
}

// TestMistakesStandWhereTheyAre, in bytes, whatever stands before them.
func TestMistakesStandWhereTheyAre(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // what is wrong, and the text from there on
		`guest == "Zoé" and tables.a.seets > 1`:                 "a table has no seets|seets > 1",
		`guest == "日本 🐢" and nobody`:                            "unknown name nobody|nobody",
		`guest == "é" and lower(guest) == ""`:                   "there is no function lower here: use one of any, len, values|lower(guest) == \"\"",
		`guest == "é" and len(guest)`:                           `invalid operation: and (mismatched types bool and int)|and len(guest)`,
		`guest == "é" and (let x = tables; true)`:               "a variable is a number, or a condition|x = tables; true)",
		`guest == "é" and any(1..9, any(1..9, # > 3))`:          "a condition goes through one list at a time|any(1..9, # > 3))",
		`guest == "é" and`:                                      "unexpected token EOF|d",
		`guest == "é" and tables = 1`:                           `= does not compare: write ==|= 1`,
		`guest = "é" and nobody`:                                `= does not compare: write ==|= "é" and nobody`,
		`guest.name == "é"`:                                     "type string has no field name|name == \"é\"",
		`guest == "` + strings.Repeat("é", 500) + `"`:           "it is longer than 1000 bytes|guest",
		`guest == "é` + strings.Repeat("x", 900) + `" or true1`: "unknown name true1|true1",
	} {
		_, err := expression.Compile(text, language)
		var m *expression.Mistake
		if !errors.As(err, &m) {
			t.Errorf("%s: %v", text, err)
			continue
		}
		message, at, _ := strings.Cut(want, "|")
		if m.Message != message || !strings.HasPrefix(text[m.At:], at) {
			t.Errorf("%.60s: %q at %q, want %s", text, m.Message, text[m.At:], want)
		}
	}
}

func TestWhatThereIsIsTold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{"tables.a.seets > 1": {"seats", "free"}, "nobody > 1": nil} {
		_, err := expression.Compile(text, language)
		var m *expression.Mistake
		if !errors.As(err, &m) || !slices.Equal(m.Known, want) || (m.Missing != "") != (want != nil) {
			t.Errorf("%s: %+v", text, m)
		}
	}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	over := facts{Guest: "Zoé", Tables: map[string]table{"a": {Seats: 4}}}
	for text, want := range map[string]bool{
		`guest == "Zoé" and tables.a.seats > 3`:            true,
		`let n = tables.a.seats; n > 4 or n < 2`:           false,
		`any(values(tables), {.free}) or len(tables) == 1`: true,
	} {
		e, err := expression.Compile(text, language)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := e.Holds(over); got != want || err != nil {
			t.Errorf("%s: %t, %v", text, got, err)
		}
	}
	e, err := expression.Compile("any(1..1000000, # > 9999999)", language)
	if err != nil {
		t.Fatal(err)
	}
	if holds, err := e.Holds(over); holds || err == nil || err.Error() != "cannot be computed: memory budget exceeded" {
		t.Errorf("%t, %v", holds, err)
	}
}
