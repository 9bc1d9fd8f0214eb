package suite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProgramsPrefersThePathThenTheNewestVersion(t *testing.T) {
	root := t.TempDir()
	for _, file := range []string{"9/bin/alpha", "9/bin/beta", "15/bin/alpha", "15/bin/beta", "16/bin/alpha", "path/alpha", "path/beta"} {
		program(t, filepath.Join(root, file))
	}
	pattern := filepath.Join(root, "*/bin")

	t.Setenv("PATH", t.TempDir())
	if got, err := programs([]string{"alpha", "beta"}, pattern); err != nil || got != filepath.Join(root, "15/bin") {
		t.Errorf("not in PATH: got %q, %v; want version 15, as 16 lacks beta", got, err)
	}

	t.Setenv("PATH", filepath.Join(root, "path"))
	if got, err := programs([]string{"alpha", "beta"}, pattern); err != nil || got != filepath.Join(root, "path") {
		t.Errorf("in PATH: got %q, %v; want the folder in PATH", got, err)
	}
}

func TestProgramsFollowsALinkToItsSet(t *testing.T) {
	root := t.TempDir()
	program(t, filepath.Join(root, "set/alpha"))
	program(t, filepath.Join(root, "set/beta"))
	links := t.TempDir()
	if err := os.Symlink(filepath.Join(root, "set/alpha"), filepath.Join(links, "alpha")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", links)

	got, err := programs([]string{"alpha", "beta"})
	want, evalErr := filepath.EvalSymlinks(filepath.Join(root, "set"))
	if err != nil || evalErr != nil || got != want {
		t.Fatalf("got %q, %v; want %q", got, err, want)
	}
}

func TestProgramsSaysWhereItLooked(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := programs([]string{"alpha", "beta"}, "/nowhere/*/bin")
	if err == nil || !strings.Contains(err.Error(), "alpha, beta not found in PATH, /nowhere/*/bin") {
		t.Fatalf("got %v", err)
	}
}

func program(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}
