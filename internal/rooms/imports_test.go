package rooms

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "github.com/lockstep-dev/lockstep"
	top    = "../.."
)

// TestRoomsImportOnlyWhatTheTableAllows reads every Go file, also those of other operating systems.
func TestRoomsImportOnlyWhatTheTableAllows(t *testing.T) {
	t.Parallel()
	files := goFiles(t, top)
	if len(files) < 10 {
		t.Fatalf("found only %d Go files: the search is broken", len(files))
	}
	for _, file := range files {
		for _, fault := range faults(t, top, file) {
			t.Error(fault)
		}
	}
}

// TestFaults shows that the test above finds each kind of fault.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ file, imports, want string }{
		"another room": {
			"internal/store/a.go", module + "/internal/api",
			"internal/store/a.go imports internal/api, which the room internal/store may not",
		},
		"a room inside an allowed one": {
			"internal/engine/a.go", module + "/internal/runtime/process",
			"internal/engine/a.go imports internal/runtime/process, which the room internal/engine may not",
		},
		"another room in a test": {
			"internal/store/a_test.go", module + "/internal/api",
			"internal/store/a_test.go imports internal/api, which the room internal/store may not",
		},
		"what is for tests in code": {
			"cmd/lockstep/a.go", module + "/internal/suite",
			"cmd/lockstep/a.go imports internal/suite, which the room cmd/lockstep may not",
		},
		"the outside world in a pure room": {
			"internal/policy/a.go", "os/exec",
			"internal/policy/a.go imports os/exec, which the room internal/policy never may",
		},
		"a network in a pure room": {
			"internal/policy/deeper/a.go", "net",
			"internal/policy/deeper/a.go imports net, which the room internal/policy never may",
		},
		"a folder that is no room": {
			"internal/util/a.go", "fmt",
			"internal/util/a.go is in no room: add its folder to the table in internal/rooms/table_test.go",
		},
		"a package that is no room": {
			"internal/store/a.go", module + "/internal/util",
			"internal/store/a.go imports internal/util, which is in no room",
		},

		"allowed: its own room":              {"internal/store/a.go", module + "/internal/store/migrations", ""},
		"allowed: a room of the table":       {"internal/engine/a.go", module + "/internal/runtime", ""},
		"allowed: the root package":          {"internal/store/a.go", module, ""},
		"allowed: everything":                {"cmd/lockstep/a.go", module + "/internal/api", ""},
		"allowed: what is for tests, in one": {"internal/store/a_test.go", module + "/internal/suite/postgres", ""},
		"allowed: the real thing in a test":  {"internal/engine/a_test.go", module + "/internal/store", ""},
		"allowed: files in a pure test":      {"internal/policy/a_test.go", "os", ""},
		"allowed: an address, not a network": {"internal/policy/a.go", "net/netip", ""},
		"allowed: for tests among themselves": {
			"internal/store/storetest/a.go", module + "/internal/suite/postgres", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, test.file)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			source := fmt.Sprintf("package a\n\nimport _ %q\n", test.imports)
			if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(faults(t, dir, test.file), "\n"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// faults returns what is wrong with the imports of one file.
func faults(t *testing.T, dir, file string) []string {
	t.Helper()
	home, found := roomOf(path.Dir(file))
	if !found {
		return []string{file + " is in no room: add its folder to the table in internal/rooms/table_test.go"}
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	test := strings.HasSuffix(file, "_test.go")
	var all []string
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if fault := home.fault(imported, test); fault != "" {
			all = append(all, fmt.Sprintf("%s imports %s", file, fault))
		}
	}
	return all
}

// fault says what is wrong with one import, or nothing.
func (r room) fault(imported string, test bool) string {
	ours := imported == module || strings.HasPrefix(imported, module+"/")
	if !ours {
		if !test && slices.ContainsFunc(r.never, func(pattern string) bool { return covers(pattern, imported) }) {
			return fmt.Sprintf("%s, which the room %s never may", imported, r.path)
		}
		return ""
	}
	folder := path.Clean("./" + strings.TrimPrefix(imported, module))
	target, found := roomOf(folder)
	if !found {
		return folder + ", which is in no room"
	}
	if !r.mayImport(target, test) {
		return fmt.Sprintf("%s, which the room %s may not", folder, r.path)
	}
	return ""
}

func (r room) mayImport(target room, test bool) bool {
	switch {
	case target.path == r.path:
		return true
	case target.forTest:
		return test || r.forTest
	case slices.Contains(r.imports, everything), slices.Contains(r.imports, target.path):
		return true
	}
	return test && slices.Contains(r.tests, target.path)
}

// covers reports whether the pattern "os" or "os/..." means the package.
func covers(pattern, imported string) bool {
	parent, tree := strings.CutSuffix(pattern, "/...")
	return imported == parent || tree && strings.HasPrefix(imported, parent+"/")
}

// roomOf returns the innermost room around a folder.
func roomOf(folder string) (room, bool) {
	for dir := folder; dir != "."; dir = path.Dir(dir) {
		if i := slices.IndexFunc(table, func(r room) bool { return r.path == dir }); i >= 0 {
			return table[i], true
		}
	}
	return table[0], folder == "."
}

// goFiles lists the Go files of this module, relative to dir and with slashes.
func goFiles(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		if entry.IsDir() && rel != "." && notOurs(name, entry.Name()) {
			return filepath.SkipDir
		}
		if !entry.IsDir() && strings.HasSuffix(name, ".go") {
			files = append(files, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// notOurs reports whether the go command would pass this folder by too.
func notOurs(name, base string) bool {
	if base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(name, "go.mod"))
	return err == nil // a module of its own
}
