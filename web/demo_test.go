package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/suite"
	"github.com/lockstep-dev/lockstep/internal/suite/binaries"
)

// A day takes less than two minutes where nothing else runs.
const (
	dayWithin = 8 * time.Minute
	endWithin = time.Minute // of the demo, once it was asked to end
)

// TestDemoDay plays the day as `make demo` does, and then does what its last words invite to: on the command line, and
// in a browser. The day itself says whether it went as promised.
func TestDemoDay(t *testing.T) {
	suite.Belong(t, suite.Demo)
	d := playDemo(t)
	t.Run("the promises", func(t *testing.T) {
		for _, kept := range []string{"✓ no request failed", "✓ the good releases went out", "✓ the server was killed", "✓ the live address was led to standby and back", "✓ the control counted"} {
			if !strings.Contains(d.out.String(), kept) {
				t.Errorf("the report does not say %q", kept)
			}
		}
	})
	t.Run("the commands", d.commands)
	t.Run("the browser", d.browse)
	if t.Failed() {
		raw, _ := os.ReadFile(filepath.Join(d.data, "server.log"))
		t.Logf("server log (end):\n%s", raw[max(0, len(raw)-4000):])
	}
	t.Run("the end", d.end)
}

// demoDay is `lockstep demo` after its day, waiting for whoever watched it.
type demoDay struct {
	program string
	out     *transcript
	cmd     *exec.Cmd
	ended   chan struct{} // closed when the demo has
	err     error         // valid then

	data string // the directory that it named
}

// playDemo runs the day and returns when the demo has said its last words. The demo has ended when the test does, with
// everything that it started, however the test ends.
func playDemo(t *testing.T) *demoDay {
	t.Helper()
	dir, err := os.MkdirTemp("", "lsd-") //nolint:usetesting // t.TempDir is too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	d := &demoDay{program: filepath.Join(binaries.Dir(t), "lockstep"), out: newTranscript(), ended: make(chan struct{})}
	d.cmd = exec.Command(d.program, "demo") //nolint:noctx // ends in its own time, to end what it started
	d.cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	d.cmd.Stdout, d.cmd.Stderr = d.out, d.out
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		d.err = d.cmd.Wait()
		close(d.ended)
	}()
	t.Cleanup(func() {
		if err := d.stop(dir); err != nil {
			t.Errorf("end the demo: %v", err)
		}
		t.Log(d.out.String())
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), dayWithin)
	defer cancel()
	select {
	case <-d.out.awaits("until you press Ctrl-C."):
	case <-d.ended:
		t.Fatalf("the demo ended before anybody asked it to: %v", d.err)
	case <-ctx.Done():
		t.Fatalf("the demo did not come to its end: %v", ctx.Err())
	}
	d.data = d.said(t, `(?m)^ *export LOCKSTEP_DATA=(.+)$`)
	return d
}

// said is what the demo said at a place.
func (d *demoDay) said(t *testing.T, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(d.out.String())
	if found == nil {
		t.Fatalf("the demo's last words have nothing like %s", pattern)
	}
	return found[1]
}

// commands are run as they were printed, as one script.
func (d *demoDay) commands(t *testing.T) {
	script := d.said(t, `(?s)In another terminal:\n(.+?)\n\n`)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "sh", "-ec", script).CombinedOutput()
	t.Logf("%s\n%s", script, out)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.call(t, nil, "status", "development"); !strings.Contains(got, "2.8.0") {
		t.Errorf("the release that was made for it does not run in development:\n%s", got)
	}
}

// browse has a browser go from the address that was printed: e2e/yours.demo.ts.
func (d *demoDay) browse(t *testing.T) {
	b := needBrowser(t)
	address := d.said(t, `(?m)^ *Dashboard: (http\S+)$`)
	second := d.call(t, nil, "token", "create", "bo", "--role", "operator")
	seconds := d.call(t, []string{"LOCKSTEP_TOKEN=" + second}, "dashboard")
	server := must(url.Parse(address))(t)
	main := map[string]any{
		"server":    server.Scheme + "://" + server.Host,
		"addresses": map[string]string{"admin": address, "second": seconds},
		"tokens":    map[string]string{"admin": strings.TrimSpace(string(must(os.ReadFile(filepath.Join(d.data, "token")))(t)))},
	}
	told := b.run(t, must(json.Marshal(map[string]any{"main": main, "away": main}))(t), []string{"e2e/yours.demo.ts"})["yours.demo.ts"]
	if len(told) == 0 {
		t.Fatal("nothing was reported of it: see the output above")
	}
	for _, j := range told {
		t.Run(j.Title, j.tell)
	}
}

// end presses Ctrl-C and looks for what is left.
func (d *demoDay) end(t *testing.T) {
	server := d.said(t, `A server is up on (http://\S+)`)
	if err := d.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	select {
	case <-d.ended:
	case <-time.After(endWithin):
		t.Fatalf("the demo did not end within %s", endWithin)
	}
	if d.err != nil {
		t.Errorf("the demo ended with %v", d.err)
	}
	if _, err := os.Stat(d.data); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its directory is still there: %v", err)
	}
	if out, err := exec.CommandContext(t.Context(), d.program, "list", "--server", server).CombinedOutput(); err == nil {
		t.Errorf("its server is still there:\n%s", out)
	}
}

// call runs a command of lockstep at the demo's server, and returns what it prints.
func (d *demoDay) call(t *testing.T, env []string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), d.program, args...)
	cmd.Env = append(append(os.Environ(), "LOCKSTEP_DATA="+d.data), env...)
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = errors.Join(err, errors.New(string(exit.Stderr)))
		}
		t.Fatalf("lockstep %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}

// stop ends the demo; and what it started, where it does not do so itself. dir is where it makes its own.
func (d *demoDay) stop(dir string) error {
	select {
	case <-d.ended:
	default:
		_ = d.cmd.Process.Signal(os.Interrupt) // it may end in this moment
		select {
		case <-d.ended:
		case <-time.After(endWithin):
			_ = d.cmd.Process.Kill()
			<-d.ended
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "lockstep-demo-*"))
	errs := []error{err}
	for _, data := range left { // it was killed, or could not
		errs = append(errs, errors.New("the demo left its server and its agent behind"))
		if pid := serverOf(data); pid > 0 {
			errs = append(errs, syscall.Kill(pid, syscall.SIGKILL))
		}
		out, err := exec.Command(d.program, "agent", "stop", "--apps", "--data", data).CombinedOutput() //nolint:noctx // also after the test's context has ended
		if err != nil {
			errs = append(errs, err, errors.New(string(out)))
		}
	}
	return errors.Join(errs...)
}

// serverOf is the process of the server with that directory; 0 where there is none.
func serverOf(data string) int {
	raw, err := os.ReadFile(filepath.Join(data, "server.lock"))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0
	}
	args, err := exec.Command("ps", "-o", "args=", "-p", strconv.Itoa(pid)).Output() //nolint:noctx // answers at once
	if err != nil || !strings.Contains(string(args), data) {
		return 0 // somebody else has the number now
	}
	return pid
}

// transcript is what a process has printed so far, to be waited on.
type transcript struct {
	mu      sync.Mutex
	text    bytes.Buffer
	waiting map[string]chan struct{}
}

func newTranscript() *transcript { return &transcript{waiting: map[string]chan struct{}{}} }

func (tr *transcript) Write(p []byte) (int, error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	n, err := tr.text.Write(p)
	for what, seen := range tr.waiting {
		if strings.Contains(tr.text.String(), what) {
			close(seen)
			delete(tr.waiting, what)
		}
	}
	return n, err
}

// awaits is closed once what was printed.
func (tr *transcript) awaits(what string) <-chan struct{} {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	seen := make(chan struct{})
	if strings.Contains(tr.text.String(), what) {
		close(seen)
	} else {
		tr.waiting[what] = seen
	}
	return seen
}

func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return tr.text.String()
}
