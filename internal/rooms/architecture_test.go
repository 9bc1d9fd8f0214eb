package rooms

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestArchitectureListsTheRooms compares three lists: the rooms that are open (there are Go files in them), the
// table, and the rows of ARCHITECTURE.md between its two markers, whose first column names rooms in back quotes.
func TestArchitectureListsTheRooms(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(top + "/ARCHITECTURE.md")
	if errors.Is(err, fs.ErrNotExist) {
		return // the house is being built; there is nothing to compare with yet
	}
	if err != nil {
		t.Fatal(err)
	}
	listed, err := listedRooms(string(text))
	if err != nil {
		t.Fatal(err)
	}
	open := openRooms(goFiles(t, top))
	for _, r := range table {
		switch {
		case !slices.Contains(open, r.path):
			t.Errorf("the room %s is in the table (internal/rooms/table_test.go), but there is no Go file in it", r.path)
		case !slices.Contains(listed, r.name()):
			t.Errorf("ARCHITECTURE.md does not list the room %s: add a row for `%s` between the markers", r.path, r.name())
		}
	}
	for _, name := range listed {
		if !slices.ContainsFunc(table, func(r room) bool { return r.name() == name }) {
			t.Errorf("ARCHITECTURE.md lists the room `%s`, which the table (internal/rooms/table_test.go) does not know", name)
		}
	}
}

func TestListedRooms(t *testing.T) {
	t.Parallel()
	got, err := listedRooms("| `before` |\n<!-- rooms:begin -->\n| room | for |\n|---|---|\n" +
		"| `root` | words |\n| `matrix`, `policy` | not `this` |\n<!-- rooms:end -->\n| `after` |\n")
	if want := []string{"root", "matrix", "policy"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	for _, text := range []string{"", "<!-- rooms:begin -->\n| `root` |\n", "<!-- rooms:begin -->\n<!-- rooms:end -->\n"} {
		if got, err := listedRooms(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, got)
		}
	}
}

// name is what people call the room: internal/matrix is matrix, the root package is root.
func (r room) name() string {
	if r.path == "." {
		return "root"
	}
	return strings.TrimPrefix(r.path, "internal/")
}

func openRooms(files []string) []string {
	var open []string
	for _, file := range files {
		if r, found := roomOf(path.Dir(file)); found && !slices.Contains(open, r.path) {
			open = append(open, r.path)
		}
	}
	return open
}

var quoted = regexp.MustCompile("`([^`]+)`")

func listedRooms(text string) ([]string, error) {
	_, after, begins := strings.Cut(text, "<!-- rooms:begin -->")
	block, _, ends := strings.Cut(after, "<!-- rooms:end -->")
	if !begins || !ends {
		return nil, errors.New("ARCHITECTURE.md lacks the markers <!-- rooms:begin --> and <!-- rooms:end --> around its table of rooms")
	}
	var listed []string
	for row := range strings.Lines(block) {
		cells := strings.SplitN(row, "|", 3)
		if len(cells) < 3 {
			continue
		}
		for _, match := range quoted.FindAllStringSubmatch(cells[1], -1) {
			listed = append(listed, match[1])
		}
	}
	if len(listed) == 0 {
		return nil, errors.New("ARCHITECTURE.md lists no room in back quotes in the first column of its table of rooms")
	}
	return listed, nil
}
