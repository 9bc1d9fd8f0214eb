// Package binaries builds what tests of the whole system run: the real
// lockstep executable, and beside it the Sunday apps, good and bad, in the
// folders where `make demo` has them. The dashboard in it is the one that was
// built last, if any: tests that want it build it first.
package binaries

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

var once struct {
	sync.Mutex
	dir string
	err string
}

// Main is a TestMain that removes what Dir built, however the tests end.
func Main(m *testing.M) {
	code := m.Run()
	once.Lock()
	if once.dir != "" {
		os.RemoveAll(once.dir) //nolint:errcheck // a temporary directory
	}
	os.Exit(code) //nolint:forbidigo // a TestMain
}

// Dir is the folder with lockstep and sunday/; it is built at the first call
// in a test binary. The TestMain of that binary has to be Main. Whoever runs
// one test again and again names a folder that has been built before in
// LOCKSTEP_BINARIES; keeping it current is up to them.
func Dir(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("LOCKSTEP_BINARIES"); dir != "" {
		return dir
	}
	once.Lock()
	defer once.Unlock()
	if once.dir == "" && once.err == "" {
		once.dir, once.err = build()
	}
	if once.err != "" {
		tb.Fatal(once.err)
	}
	return once.dir
}

func build() (dir, failure string) {
	dir, err := os.MkdirTemp("", "lockstep-built-")
	if err != nil {
		return "", err.Error()
	}
	top, err := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return dir, "find the module: " + err.Error()
	}
	mk := exec.CommandContext(context.Background(), "make", "-s", "-C", strings.TrimSpace(string(top)), "OUT="+dir, "build", "apps")
	if msg, err := mk.CombinedOutput(); err != nil {
		return dir, "build: " + err.Error() + "\n" + string(msg)
	}
	return dir, ""
}
