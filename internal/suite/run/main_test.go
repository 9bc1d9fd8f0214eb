package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestEveryWayInWhichTestsEnd(t *testing.T) {
	t.Parallel()
	code, out := runIn(t, t.Context(), nil, "-race=false", "-timeout=2s",
		"./good", "./failing", "./broken", "./givesup", "./hangs", "./empty")

	if code != 1 {
		t.Errorf("got exit code %d, want 1", code)
	}
	for _, want := range []string{
		"undefined: undefined",                       // the compiler's message
		"[build failed]",                             //
		"said on standard output",                    // output of a parent whose child failed
		"failing_test.go:10: child is wrong",         //
		"panic: boom",                                //
		"the set-up failed",                          // output of TestMain
		"hangs_test.go:8: about to hang",             // output of a test that never ended
		"panic: test timed out after 2s",             //
		"TestParked did not finish",                  // it waited for the one that hangs
		"example.test/ends/good: TestParent/missing", // what did not run
		"needs x: no x in PATH; to get it: make x",   // and why
		"\n2 passed, 6 failed, 1 skipped\n",          // good 2; failing 2, broken, givesup, hangs 2
		"ok    example.test/ends/good",               //
		"2 passed, 1 skipped\n",                      //
		"FAIL  example.test/ends/hangs",              //
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, unwanted := range []string{"said in secret", "=== RUN", "ends/empty"} {
		if strings.Contains(out, unwanted) {
			t.Errorf("the report holds %q", unwanted)
		}
	}
	if !strings.HasSuffix(out, "\n2 passed, 6 failed, 1 skipped\n") {
		t.Errorf("the counts are not the last line")
	}
	if t.Failed() {
		t.Logf("the report:\n%s", out)
	}
}

func TestSkippedIsAFailureOnABuildServerOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ci   string
		want int
	}{"at home": {"", 0}, "on a build server": {"true", 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out := runIn(t, t.Context(), map[string]string{"CI": test.ci}, "-race=false", "./good")
			if code != test.want {
				t.Errorf("got exit code %d, want %d", code, test.want)
			}
			if !strings.HasSuffix(out, "\n2 passed, 0 failed, 1 skipped\n") {
				t.Errorf("the report ends otherwise:\n%s", out)
			}
			if said := strings.Contains(out, "counts as a failure"); said != (test.want == 1) {
				t.Errorf("says that skipped tests fail: %v\n%s", said, out)
			}
		})
	}
}

func TestASuiteAlone(t *testing.T) {
	t.Parallel()
	code, out := runIn(t, t.Context(), nil, "-race=false", "-suite=crash", "./crash", "./failing")
	if code != 0 || !strings.HasSuffix(out, "\n1 passed, 0 failed, 0 skipped\n") {
		t.Fatalf("got exit code %d and\n%s", code, out)
	}
}

func TestNoTestIsNoSuccess(t *testing.T) {
	t.Parallel()
	code, out := runIn(t, t.Context(), nil, "-race=false", "-run=TestNobody", "./good")
	if code != 1 || !strings.Contains(out, "No test ran") {
		t.Fatalf("got exit code %d and\n%s", code, out)
	}
}

func TestAPackageThatIsNotThere(t *testing.T) {
	t.Parallel()
	code, out := runIn(t, t.Context(), nil, "-race=false", "./nowhere")
	if code != 1 || !strings.HasSuffix(out, "\n0 passed, 1 failed, 0 skipped\n") || !strings.Contains(out, "nowhere") {
		t.Fatalf("got exit code %d and\n%s", code, out)
	}
}

func TestStoppedRunEndsTheTestsAndSaysSo(t *testing.T) {
	t.Parallel()
	pidFile := filepath.Join(t.TempDir(), "pid")
	ctx, stop := context.WithCancelCause(t.Context())
	go func() {
		waitForFile(t, pidFile)
		stop(errors.New("somebody pressed a key"))
	}()

	code, out := runIn(t, ctx, map[string]string{"PID_FILE": pidFile}, "-race=false", "-timeout=30s", "./good", "./forever")

	if code != 1 || !strings.Contains(out, "Stopped before the end: somebody pressed a key") ||
		!strings.Contains(out, "TestForever did not finish") {
		t.Fatalf("got exit code %d and\n%s", code, out)
	}
	text, err := os.ReadFile(pidFile)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Fatalf("the tests' process %d still runs (%v)", pid, err)
	}
}

func TestArgumentsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-suite=nonsense"}, {"-suite=crash", "-run=TestX"}, {"-nonsense"}} {
		if code, out := runIn(t, t.Context(), nil, args...); code != 2 {
			t.Errorf("%v: got exit code %d and\n%s", args, code, out)
		}
	}
}

// runIn runs the command in a fresh copy of the module in testdata and returns its exit code and what it printed,
// errors first.
func runIn(t *testing.T, ctx context.Context, env map[string]string, args ...string) (int, string) {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/module.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := txtar.Write(archive, dir); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	c := command{dir: dir, stdout: &stdout, stderr: &stderr}
	c.env = slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "CI=") || strings.HasPrefix(pair, "LOCKSTEP_")
	})
	for name, value := range env {
		c.env = append(c.env, name+"="+value)
	}
	code := c.run(ctx, args)
	return code, stderr.String() + stdout.String()
}

// waitForFile polls, because another process writes the file and gives no other signal.
func waitForFile(t *testing.T, path string) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-t.Context().Done():
			return
		case <-tick.C:
		}
	}
}
