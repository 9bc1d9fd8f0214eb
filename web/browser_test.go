package web

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

// chromium is what journeys are made in.
var chromium = suite.Requirement{
	Name:    "Chromium",
	Install: "apt-get install chromium, or brew install --cask chromium",
	Find: func() (string, error) {
		for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"} {
			if path, err := exec.LookPath(name); err == nil {
				return path, nil
			}
		}
		return "", errors.New("chromium not found in PATH")
	},
}

// packages are those that the dashboard is built with, and journeys are run by.
var packages = suite.Requirement{
	Name:    "the dashboard's packages",
	Install: "apt-get install nodejs npm, or brew install node; then npm ci --prefix web",
	Find: func() (string, error) {
		if _, err := exec.LookPath("npm"); err != nil {
			return "", errors.New("npm not found in PATH")
		}
		dir, err := filepath.Abs("node_modules")
		if err != nil {
			return "", err
		}
		_, err = os.Stat(filepath.Join(dir, "playwright-core"))
		return dir, err
	},
}

// browser is a Chromium that was found, and the dashboard built to be looked at with it.
type browser struct {
	path string
	env  []string // told to whoever goes through the dashboard with it
}

func needBrowser(t *testing.T) browser {
	t.Helper()
	suite.Need(t, packages)
	b := browser{path: suite.Need(t, chromium)}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "make", "-s", "-C", "..", "dashboard").CombinedOutput(); err != nil {
		t.Fatalf("build the dashboard: %v\n%s", err, out)
	}
	return b
}

// journey is what one of them came to.
type journey struct {
	Title           string   `json:"title"`
	Status          string   `json:"status"` // passed, failed, …
	Duration        float64  `json:"duration"`
	FailureMessages []string `json:"failureMessages"`
}

// run has vitest run journeys to a world that was described, and returns what became of each, by the file's name.
func (b browser) run(t *testing.T, world []byte, files []string) map[string][]journey {
	t.Helper()
	about := filepath.Join(t.TempDir(), "world.json")
	if err := os.WriteFile(about, world, 0o600); err != nil {
		t.Fatal(err)
	}
	env := append([]string{"LOCKSTEP_WORLD=" + about, "LOCKSTEP_CHROMIUM=" + b.path}, b.env...)
	return vitest(t, env, append([]string{"--config", "vitest.e2e.config.ts", "--reporter=verbose"}, files...)...)
}

// vitest runs vitest, and returns what became of each test, by the file's name. Where it fails beside the tests, t does.
func vitest(t *testing.T, env []string, args ...string) map[string][]journey {
	t.Helper()
	told := filepath.Join(t.TempDir(), "report.json")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	args = append([]string{"run", "--reporter=json", "--outputFile.json=" + told}, args...)
	cmd := exec.CommandContext(ctx, filepath.Join("node_modules", ".bin", "vitest"), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it ends its browser
	cmd.WaitDelay = 10 * time.Second
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	raw, readErr := os.ReadFile(told)
	if readErr != nil {
		t.Errorf("vitest told nothing: %v", errors.Join(err, readErr))
		return nil
	}
	var report struct {
		TestResults []struct {
			Name             string    `json:"name"`
			Message          string    `json:"message"`
			AssertionResults []journey `json:"assertionResults"`
		} `json:"testResults"`
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Errorf("read what vitest told: %v", err)
	}
	byFile, failed := map[string][]journey{}, false
	for _, r := range report.TestResults {
		name := filepath.Base(r.Name)
		byFile[name] = r.AssertionResults
		if len(r.AssertionResults) == 0 && strings.TrimSpace(r.Message) != "" {
			byFile[name] = []journey{{Title: "its file", Status: "failed", FailureMessages: []string{r.Message}}}
		}
		for _, j := range byFile[name] {
			failed = failed || j.Status != "passed"
		}
	}
	if err != nil && !failed {
		t.Errorf("no test failed, and vitest did (%v): see its output above", err)
	}
	return byFile
}

// tell fails where a test did.
func (j journey) tell(t *testing.T) {
	t.Helper()
	if j.Status != "passed" {
		t.Errorf("%s\n%s", j.Status, strings.Join(j.FailureMessages, "\n"))
	}
	t.Logf("%.1f s", j.Duration/1000)
}
