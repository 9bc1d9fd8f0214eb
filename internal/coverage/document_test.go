package coverage

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// A row says where one thing of A, of B or of ours lives.
type row struct {
	section string   // the "## " heading above it
	what    string   // without back quotes
	places  []string // none: not yet
	note    string
	line    int
}

func (r row) String() string { return fmt.Sprintf("docs/coverage.md:%d: %q", r.line, r.what) }

var (
	head  = regexp.MustCompile(`^\| *what *\| *place *\| *note *\|$`)
	rule  = regexp.MustCompile(`^\|(-+\|)+$`)
	place = regexp.MustCompile("^(`[^`]+`)( `[^`]+`)*$")
)

// parse reads the rows of all tables. It is strict, so that no row is read as prose and no place escapes its check.
func parse(text string) ([]row, error) {
	var rows []row
	section, number, table := "", 0, false
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "## "):
			section, table = strings.TrimPrefix(line, "## "), false
		case head.MatchString(line):
			table = true
		case table && rule.MatchString(line):
		case table && strings.HasPrefix(line, "|"):
			r, err := parseRow(line)
			if err != nil {
				return nil, fmt.Errorf("docs/coverage.md:%d: %w", number, err)
			}
			r.section, r.line = section, number
			rows = append(rows, r)
		case strings.HasPrefix(line, "|"):
			return nil, fmt.Errorf("docs/coverage.md:%d: a table begins with | what | place | note |", number)
		default:
			table = false
		}
	}
	return rows, nil
}

func parseRow(line string) (row, error) {
	cells := strings.Split(line, "|")
	if len(cells) != 5 || cells[0] != "" || cells[4] != "" {
		return row{}, fmt.Errorf("a row has three cells: what, place, note")
	}
	r := row{what: strings.ReplaceAll(strings.TrimSpace(cells[1]), "`", ""), note: strings.TrimSpace(cells[3])}
	at := strings.TrimSpace(cells[2])
	switch {
	case r.what == "":
		return row{}, fmt.Errorf("the row does not say what it is about")
	case at == "not yet":
	case place.MatchString(at):
		for quoted := range strings.SplitSeq(strings.Trim(at, "`"), "` `") {
			r.places = append(r.places, quoted)
		}
	default:
		return row{}, fmt.Errorf("%q: the place is \"not yet\", or names in back quotes with a space between them", r.what)
	}
	return r, nil
}

func TestParse(t *testing.T) {
	t.Parallel()
	const begin = "## A\n\n| what | place | note |\n|---|---|---|\n"
	rows, err := parse(begin + "| `GET /x` of a thing | `a.go` `lockstep b --c` | why |\n| later | not yet | |\n\nProse.\n")
	if err != nil || len(rows) != 2 {
		t.Fatalf("got %v, %v", rows, err)
	}
	if got := fmt.Sprintf("%+v", rows[0]); !strings.Contains(got, `"GET /x of a thing"`) || len(rows[0].places) != 2 ||
		rows[0].places[1] != "lockstep b --c" || rows[0].note != "why" || rows[0].section != "A" {
		t.Errorf("got %s %q", got, rows[0].places)
	}
	if rows[1].places != nil || rows[1].line != 6 {
		t.Errorf("got %v, line %d", rows[1].places, rows[1].line)
	}
	for name, text := range map[string]string{
		"two cells":             begin + "| a | not yet |\n",
		"four cells":            begin + "| a | not yet | b | c |\n",
		"no place":              begin + "| a | | |\n",
		"a place without quote": begin + "| a | a.go | |\n",
		"words among places":    begin + "| a | `a.go` and `b.go` | |\n",
		"nothing":               begin + "| | `a.go` | |\n",
		"rows without a head":   "## A\n\n| a | `a.go` | |\n",
		"another head":          "## A\n\n| what | place |\n|---|---|\n| a | `a.go` |\n",
	} {
		if rows, err := parse(text); err == nil {
			t.Errorf("%s: got %v, want an error", name, rows)
		}
	}
}
