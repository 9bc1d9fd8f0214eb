package unit_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/lockstep-dev/lockstep/internal/agent/unit"
	"github.com/lockstep-dev/lockstep/internal/suite"
)

var analyze = suite.Requirement{
	Name:    "systemd-analyze",
	Install: "apt-get install systemd",
	Find:    func() (string, error) { return exec.LookPath("systemd-analyze") },
}

// The systemd of this machine understands every line; it need not run.
func TestSystemdUnderstandsUnits(t *testing.T) {
	t.Parallel()
	program := suite.Need(t, analyze)
	out, err := exec.CommandContext(t.Context(), program, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	version := 0
	if _, err := fmt.Sscanf(string(out), "systemd %d", &version); err != nil {
		t.Fatalf("version %q: %v", out, err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for name, u := range map[string]unit.Unit{
		"root":    {},
		"account": {User: "daemon", Edge: []string{"--edge", ":80"}},
		"mine":    {Own: true},
		"odd":     {Data: `/srv/100% "$HOME" \ mine`},
	} {
		u.Program, u.Systemd = exe, version
		path := filepath.Join(t.TempDir(), unit.Name+".service")
		if err := os.WriteFile(path, []byte(u.Text("linux")), 0o600); err != nil {
			t.Fatal(err)
		}
		mode := "--system"
		if u.Own {
			mode = "--user"
		}
		cmd := exec.CommandContext(t.Context(), program, "verify", "--man=no", "--recursive-errors=no", mode, path)
		cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
