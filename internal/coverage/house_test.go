package coverage

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const top = "../.."

// house is what there is, read from the thing itself.
type house struct {
	endpoints []string            // "GET /api/system/environments"
	commands  map[string][]string // "lockstep deploy" to its flags, "--strategy" and "-s"
	columns   map[string][]string // of each table
	indexes   []string
	keys      []string // of the matrix, "services.<name>.port"
	symbols   symbols
	files     fs.FS
}

func read(t *testing.T) house {
	t.Helper()
	h := house{files: os.DirFS(top)}
	h.endpoints = readEndpoints(t)
	h.commands = readCommands(t)
	h.columns, h.indexes = readDatabase(t)
	h.keys = readMatrixKeys(t)
	h.symbols = readSymbols(t, top)
	return h
}

var (
	endpointShape = regexp.MustCompile(`^(GET|HEAD|POST|PUT|PATCH|DELETE) (/\S*)$`)
	commandShape  = regexp.MustCompile(`^(lockstep(?: [a-z][a-z-]*)*)(?: (--?[a-z][a-z-]*))?$`)
	servant       = regexp.MustCompile(`^lockstep (server|agent|demo)( |$)`) // commands that are processes of their own
	symbolShape   = regexp.MustCompile(`^lockstep\.([A-Z]\w*)(?:\.([A-Z]\w*))?$`)
	keyShape      = regexp.MustCompile(`^matrix:(\S+)$`)
	columnShape   = regexp.MustCompile(`^([a-z_]+)\.([a-z_]+)$`)
	tableShape    = regexp.MustCompile(`^[a-z_]+$`)
)

// missing says why a place does not exist, or nothing.
func (h house) missing(place string) string {
	if m := endpointShape.FindStringSubmatch(place); m != nil {
		return unless(slices.Contains(h.endpoints, place), "the OpenAPI document has no such operation")
	}
	if m := commandShape.FindStringSubmatch(place); m != nil {
		flags, ok := h.commands[m[1]]
		if !ok && servant.MatchString(m[1]) {
			return "" // looked up where it is made: cmd/lockstep/coverage_test.go
		}
		if !ok {
			return "the command line has no such command"
		}
		return unless(m[2] == "" || slices.Contains(flags, m[2]), "the command has no such flag")
	}
	if m := symbolShape.FindStringSubmatch(place); m != nil {
		return h.symbols.missing(m[1], m[2])
	}
	if m := keyShape.FindStringSubmatch(place); m != nil {
		return unless(slices.Contains(h.keys, m[1]), "the matrix's schema has no such key")
	}
	if info, err := fs.Stat(h.files, path.Clean(place)); err == nil {
		return unless(info.IsDir() == strings.HasSuffix(place, "/"), "folders end in a slash, and files do not")
	}
	if m := columnShape.FindStringSubmatch(place); m != nil {
		return unless(slices.Contains(h.columns[m[1]], m[2]), "the migrations make no such column, and there is no such file")
	}
	if tableShape.MatchString(place) {
		_, table := h.columns[place]
		return unless(table || slices.Contains(h.indexes, place), "the migrations make no such table or index, and there is no such file")
	}
	return "there is no such file"
}

// claims reports whether words in back quotes mean a place: notes also quote other things.
func (h house) claims(words string) bool {
	if m := columnShape.FindStringSubmatch(words); m != nil {
		_, table := h.columns[m[1]]
		return table
	}
	for _, shape := range []*regexp.Regexp{endpointShape, commandShape, symbolShape, keyShape} {
		if shape.MatchString(words) {
			return true
		}
	}
	return false
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

// needed are the places that some row has to name: everything of ours that a reader may look for.
func (h house) needed() []string {
	need := slices.Concat(h.endpoints, slices.Sorted(maps.Keys(h.commands)))
	for _, key := range h.keys {
		need = append(need, "matrix:"+key)
	}
	for _, table := range slices.Sorted(maps.Keys(h.columns)) {
		need = append(need, table)
		if slices.Contains(owners(tables), table) {
			for _, column := range h.columns[table] {
				need = append(need, table+"."+column)
			}
		}
	}
	return need
}

// exists says where the thing that a row is about exists under its own name, or nothing.
func (h house) exists(r row) string {
	owner, name, _ := strings.Cut(r.what, ".")
	switch r.section {
	case "A: entities":
		if field := h.symbols.field(named(owner), name); field != "" {
			return field
		}
	case "A: values":
		owner, value, _ := strings.Cut(r.what, ": ")
		if constant := h.symbols.constant(named(owner), value); constant != "" {
			return constant
		}
	case "A: endpoints", "A: tables":
		if h.missing(r.what) == "" {
			return r.what
		}
	case "A: operations":
		if name, ok := strings.CutPrefix(r.what, "executeDeployment: "); ok && slices.Contains(builtStrategies(), name) {
			return "strategy.Built"
		}
	case "B: matrix":
		if key := "matrix:" + r.what; h.missing(key) == "" {
			return key
		}
	case "B: controller", "B: lifecycle":
		if m := actionShape.FindStringSubmatch(r.what); m != nil {
			if command := strings.TrimSpace("lockstep " + m[1] + " " + m[2]); h.missing(command) == "" {
				return command
			}
		}
	}
	return ""
}

// actionShape is an action of B's programs, with a flag or with arguments, and no other row.
var actionShape = regexp.MustCompile(`^([a-z]+)(?: (--?[a-z-]+)| [<\[].*)?$`)

// named is what A's type is called here.
func named(typ string) string {
	ours := map[string]string{
		"EnvironmentDeploymentRequest": "DeploymentRequest",
		"DeploymentResult":             "Deployment",
		"DeploymentStep":               "Step",
		"DeploymentError":              "OperationError",
		"DeploymentStrategy":           "Strategy",
		"DeploymentStatus":             "OperationStatus",
		"DeploymentStepStatus":         "StepStatus",
	}
	if name, ok := ours[typ]; ok {
		return name
	}
	return typ
}

// sameName reports whether a place has the name that A or B gave the thing.
func (h house) sameName(r row, place string) bool {
	switch r.section {
	case "A: endpoints", "A: tables":
		return place == r.what
	case "B: matrix":
		return place == "matrix:"+r.what
	case "A: entities":
		owner, field, _ := strings.Cut(r.what, ".")
		return place == h.symbols.field(named(owner), field)
	case "A: values":
		owner, value, _ := strings.Cut(r.what, ": ")
		return place == h.symbols.constant(named(owner), value)
	case "B: controller", "B: lifecycle":
		m := actionShape.FindStringSubmatch(r.what)
		return m == nil || place == strings.TrimSpace("lockstep "+m[1]+" "+m[2])
	}
	return true // described, not named
}

func TestMissing(t *testing.T) {
	t.Parallel()
	h := read(t)
	for _, place := range []string{
		"lockstep deploy", "lockstep deploy --strategy", "lockstep deploy -s", "lockstep release create", "lockstep list --output",
		"environments", "environments.name", "idx_environments_type",
		"lockstep.Environment", "lockstep.Environment.Name", "lockstep.StrategyCanary", "lockstep.ValidateVersion",
		"internal/coverage/doc.go", "internal/coverage/", "doc.go",
	} {
		if why := h.missing(place); why != "" {
			t.Errorf("%s: %s", place, why)
		}
	}
	for _, place := range []string{
		"GET /api/system/nothing", "TRACE /api/system/environments", "lockstep nothing", "lockstep deploy --nothing", "lockstep release nothing",
		"nothing", "environments.nothing", "nothing.name", "idx_nothing", "lockstep.Nothing", "lockstep.Environment.Nothing",
		"lockstep.environment", "matrix:nothing", "internal/coverage", "doc.go/", "internal/nothing.go", "nothing.go", "",
	} {
		if h.missing(place) == "" {
			t.Errorf("%q exists", place)
		}
	}
}
