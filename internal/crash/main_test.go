package crash

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// built is the folder with the real binary and the apps, built once.
var built string

func TestMain(m *testing.M) {
	code, err := runWithBinaries(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func runWithBinaries(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "lockstep-crash-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	built = dir
	if os.Getenv("LOCKSTEP_SUITES") == "" {
		return m.Run(), nil // nothing here runs without its suite, so nothing has to be built
	}
	for out, pkg := range map[string][]string{
		"lockstep":              {"./cmd/lockstep"},
		"good/backend":          {"./examples/sunday/backend"},
		"never-healthy/backend": {"-ldflags", "-X main.builtFault=never-healthy", "./examples/sunday/backend"},
		"broken-api/backend":    {"-ldflags", "-X main.builtFault=broken-api", "./examples/sunday/backend"},
		"frontend/frontend":     {"./examples/sunday/frontend"},
	} {
		args := append([]string{"build", "-buildvcs=false", "-o", filepath.Join(dir, out)}, pkg...)
		cmd := exec.CommandContext(context.Background(), "go", args...)
		cmd.Dir = "../.."
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if msg, err := cmd.CombinedOutput(); err != nil {
			return 1, fmt.Errorf("build %s: %w\n%s", out, err, msg)
		}
	}
	return m.Run(), nil
}
