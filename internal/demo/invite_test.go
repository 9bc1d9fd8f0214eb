package demo

import (
	"os"
	"path/filepath"
	"testing"
)

// What is printed to be typed has to be found from where it is typed.
func TestABinaryIsCalledAsItIsFoundFromHere(t *testing.T) {
	here, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	built, installed := filepath.Join(here, "work", "bin"), filepath.Join(here, "installed")
	for _, dir := range []string{built, installed} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "lockstep"), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct{ from, path, binary, want string }{
		{"work", "", filepath.Join(built, "lockstep"), "bin/lockstep"},
		{"work/bin", "", filepath.Join(built, "lockstep"), "./lockstep"},
		{"installed", "", filepath.Join(built, "lockstep"), filepath.Join(built, "lockstep")},
		{"work", installed, filepath.Join(installed, "lockstep"), "lockstep"},
		{"work", installed, filepath.Join(built, "lockstep"), "bin/lockstep"}, // the one in PATH is another one
	} {
		t.Chdir(filepath.Join(here, tt.from))
		t.Setenv("PATH", tt.path)
		if got := called(tt.binary); got != tt.want {
			t.Errorf("%s in %s with PATH=%s: got %s, want %s", tt.binary, tt.from, tt.path, got, tt.want)
		}
	}
}
