package rooms

// A room is one row of the table.
type room struct {
	path    string   // its folder; "." is the root package
	imports []string // the rooms that its code may import, beside itself
	tests   []string // the rooms that its tests may import too, to meet the real thing
	never   []string // packages from elsewhere that its code must not import; "os/..." means os and all below
	forTest bool     // may be imported by any room's tests, and by no other code
}

// everything stands for all rooms that are not for tests.
const everything = "*"

// pure lists what a pure room stays away from: the world outside and chance. The clock is forbidden by forbidigo,
// because package time also holds the durations that plans are made of.
var pure = []string{
	"crypto/rand", "database/sql/...", "math/rand/...", "net", "net/http/...", "os/...", "syscall",
}

// table is the order of the house: what stands further down may know what stands further up.
var table = []room{
	{path: ".", never: []string{"database/sql/...", "net/http/..."}},

	// Pure rooms: values in, values out.
	{path: "internal/expression", never: pure},
	{path: "internal/alert", imports: []string{".", "internal/expression"}, never: pure},
	{path: "internal/rule", imports: []string{".", "internal/expression"}, never: pure},
	{path: "internal/matrix", imports: []string{".", "internal/expression", "internal/alert", "internal/rule"}, never: pure},
	{path: "internal/flag", imports: []string{".", "internal/expression"}, never: pure},
	{path: "internal/config", imports: []string{".", "internal/flag"}, never: pure},
	{path: "internal/template", imports: []string{".", "internal/config"}, never: []string{"database/sql/...", "math/rand/...", "net", "net/http/..."}},
	{path: "internal/strategy", imports: []string{"."}, never: pure},
	{path: "internal/policy", imports: []string{"."}, never: pure},
	{path: "internal/verdict", imports: []string{".", "internal/rule"}, never: pure},
	{path: "internal/schedule", imports: []string{"."}, never: pure},
	{path: "internal/varformat", imports: []string{"."}, never: pure},

	// Contracts.
	{path: "internal/runtime", imports: []string{"."}},
	{path: "internal/traffic", imports: []string{".", "internal/runtime"}},
	{path: "internal/agent/wire", imports: []string{"."}},

	// Durable operations and what requests mean.
	{
		path:    "internal/engine",
		imports: []string{".", "internal/strategy", "internal/verdict", "internal/runtime", "internal/traffic"},
		tests:   []string{"internal/store", "internal/runtime/fake", "internal/policy"},
	},
	{
		path: "internal/control",
		imports: []string{
			".", "internal/matrix", "internal/config", "internal/template", "internal/strategy", "internal/policy", "internal/engine", "internal/artifact", "internal/flag", "internal/schedule",
		},
		tests: []string{"internal/store", "internal/blob", "internal/runtime/fake", "internal/secret"},
	},

	// Adapters: each knows its contract and one technology.
	{path: "internal/artifact", imports: []string{"."}},
	{path: "internal/blob", imports: []string{"."}},
	{path: "internal/store", imports: []string{"."}},
	{path: "internal/secret", imports: []string{"."}, tests: []string{"internal/store"}},
	{path: "internal/monitor", imports: []string{".", "internal/alert"}, tests: []string{"internal/store"}},
	{
		path:    "internal/runtime/process",
		imports: []string{".", "internal/runtime", "internal/agent/wire", "internal/artifact"},
		tests:   []string{"internal/agent"},
	},
	{path: "internal/runtime/fake", imports: []string{".", "internal/runtime", "internal/traffic"}},
	{
		path:    "internal/traffic/edgerouter",
		imports: []string{".", "internal/traffic", "internal/runtime", "internal/agent/wire"},
		tests:   []string{"internal/agent"},
	},

	// The machine's side.
	{path: "internal/edge", imports: []string{".", "internal/agent/wire"}, tests: []string{"internal/load"}},
	{path: "internal/edge/certificate", imports: []string{"."}, tests: []string{"internal/edge"}},
	{path: "internal/agent/unit"},
	{
		path:    "internal/agent",
		imports: []string{".", "internal/agent/wire", "internal/agent/unit", "internal/edge", "internal/edge/certificate", "internal/artifact"},
		tests:   []string{"internal/load"},
	},

	// The way in.
	{
		path: "internal/api", imports: []string{".", "internal/config", "internal/control", "internal/flag", "internal/policy", "internal/varformat"},
		tests: []string{"client", "internal/store", "internal/blob", "internal/engine", "internal/runtime/fake", "internal/secret", "internal/template"},
	},
	{path: "internal/metric", imports: []string{".", "internal/control"}, tests: []string{"internal/store", "internal/api"}},
	{path: "internal/figures", imports: []string{"."}, tests: []string{"internal/store"}},
	{path: "client", imports: []string{"."}},
	{path: "internal/cli", imports: []string{".", "client", "internal/matrix", "internal/artifact", "internal/schedule", "internal/template", "internal/varformat"}},
	{path: "internal/load", imports: []string{"."}},
	{path: "internal/sandbox", imports: []string{".", "client", "internal/agent/wire"}},
	{path: "web", tests: []string{".", "client", "internal/artifact", "internal/load", "internal/sandbox", "examples"}},
	{path: "examples", tests: []string{"internal/load"}},
	{
		path:    "internal/demo",
		imports: []string{".", "client", "internal/load", "internal/artifact", "internal/sandbox", "examples"},
	},
	{path: "cmd/lockstep", imports: []string{everything}},
	{path: "bench", imports: []string{everything}, forTest: true},

	// For tests.
	{path: "internal/suite", forTest: true},
	{path: "internal/store/storetest", imports: []string{".", "internal/store", "internal/control", "internal/engine", "internal/secret"}, forTest: true},
	{path: "internal/runtime/runtimetest", imports: []string{".", "internal/runtime"}, forTest: true},
	{
		path: "internal/traffic/traffictest", imports: []string{".", "internal/traffic", "internal/runtime"},
		forTest: true,
	},
	{
		path: "internal/crash", forTest: true,
		tests: []string{".", "client", "internal/artifact", "internal/load", "internal/sandbox", "internal/store", "internal/agent/wire"},
	},
	{path: "internal/edge/acmetest", forTest: true},
	{path: "internal/agent/agenttest", imports: []string{everything}, forTest: true},
	{path: "internal/rooms"},
	{path: "internal/coverage", tests: []string{"internal/cli", "internal/strategy"}},
}
