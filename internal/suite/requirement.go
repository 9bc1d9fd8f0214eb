package suite

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
)

// A Requirement is something outside the module that a test cannot do without.
type Requirement struct {
	Name    string                 // completes "needs …": "a PostgreSQL server"
	Install string                 // how to get it, as one line
	Find    func() (string, error) // where it is, or what exactly is missing
}

// The requirements that more than one room has.
var (
	PostgreSQL = Requirement{
		Name:    "a PostgreSQL server",
		Install: "apt-get install postgresql, or brew install postgresql",
		Find: func() (string, error) {
			return programs([]string{"initdb", "pg_ctl", "postgres"},
				"/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")
		},
	}
	Redis = Requirement{
		Name:    "a Redis server",
		Install: "apt-get install redis-server, or brew install redis",
		Find: func() (string, error) {
			dir, err := programs([]string{"redis-server"})
			return filepath.Join(dir, "redis-server"), err
		},
	}
	Nginx = Requirement{
		Name:    "nginx",
		Install: "apt-get install nginx-light, or brew install nginx",
		Find: func() (string, error) {
			dir, err := programs([]string{"nginx"}, "/usr/sbin", "/usr/local/sbin")
			return filepath.Join(dir, "nginx"), err
		},
	}
	CCompiler = Requirement{
		Name:    "a C compiler",
		Install: "apt-get install gcc libc6-dev, or xcode-select --install",
		Find: func() (string, error) {
			if path, err := exec.LookPath("cc"); err == nil {
				return path, nil
			}
			dir, err := programs([]string{"gcc"})
			return filepath.Join(dir, "gcc"), err
		},
	}
)

// Need returns where the requirement is. Where it is missing the test ends here: skipped with the reason, or
// failed on a build server.
func Need(tb testing.TB, r Requirement) string {
	tb.Helper()
	return need(tb, r, fromEnvironment())
}

func need(tb testing.TB, r Requirement, c conditions) string {
	tb.Helper()
	found, err := r.Find()
	if err != nil {
		notRun(tb, r.Missing(err), c)
	}
	return found
}

// Missing is the reason that is reported when Find returned err.
func (r Requirement) Missing(err error) string {
	return fmt.Sprintf("needs %s: %v; to get it: %s", r.Name, err, r.Install)
}

// NotRun begins the message of a test that did not run; the reason follows on the same line.
const NotRun = "not run: "

func notRun(tb testing.TB, reason string, c conditions) {
	tb.Helper()
	if c.ci {
		tb.Fatalf("%s (%s=true: everything has to run)", reason, EnvCI)
	}
	tb.Skip(NotRun + reason)
}
