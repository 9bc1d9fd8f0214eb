package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// asBackend makes the test binary the backend itself, so that signals and exit
// codes are those of a real process.
const asBackend = "SUNDAY_TEST_AS_BACKEND"

func TestMain(m *testing.M) {
	if os.Getenv(asBackend) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

type process struct {
	*exec.Cmd
	stdout *bufio.Scanner
}

func startProcess(t *testing.T, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = []string{asBackend + "=1", "SUNDAY_VERSION=9.9.9"}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return &process{Cmd: cmd, stdout: bufio.NewScanner(stdout)}
}

// waitLog reads the log up to the line with this message.
func (p *process) waitLog(t *testing.T, message string) map[string]any {
	t.Helper()
	for p.stdout.Scan() {
		var line map[string]any
		if err := json.Unmarshal(p.stdout.Bytes(), &line); err != nil {
			t.Fatalf("a log line is not JSON: %q", p.stdout.Text())
		}
		if line["msg"] == message {
			return line
		}
	}
	t.Fatalf("the process ended without logging %q", message)
	return nil
}

func (p *process) url(t *testing.T) string {
	t.Helper()
	return "http://" + p.waitLog(t, "listening")["address"].(string)
}

// exitCode drains the log and waits for the end.
func (p *process) exitCode(t *testing.T) int {
	t.Helper()
	for p.stdout.Scan() {
		continue
	}
	err := p.Wait()
	if failed := (*exec.ExitError)(nil); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return p.ProcessState.ExitCode()
}

func TestSIGTERMSparesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--port", "0")
	url := p.url(t)

	socket := dial(t, url)
	if _, err := exchange(t.Context(), socket, "hello"); err != nil {
		t.Fatal(err)
	}
	written := make(chan struct{})
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { close(written) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, url+"/api/slow?ms=700", nil)
	if err != nil {
		t.Fatal(err)
	}
	type answer struct {
		status int
		err    error
	}
	answered := make(chan answer, 1)
	go func() {
		resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
		if err != nil {
			answered <- answer{err: err}
			return
		}
		_, err = io.Copy(io.Discard, resp.Body)
		answered <- answer{resp.StatusCode, errors.Join(err, resp.Body.Close())}
	}()
	<-written
	// Connections are accepted in order: when this one, opened later, has its
	// answer, the slow one has been accepted too.
	if status, _, _ := get(t, url+"/health"); status != 200 {
		t.Fatalf("/health = %d", status)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}

	if _, _, err := socket.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("WebSocket: %v, want close status 1001", err)
	}
	if got := <-answered; got.err != nil || got.status != 200 {
		t.Errorf("the slow request in flight = %d, %v; want 200", got.status, got.err)
	}
	if code := p.exitCode(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

// With no other request in flight, a socket alone must hold the process until
// its close has been answered.
func TestSIGTERMWaitsForWebSocketsToClose(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--port", "0")
	socket := dial(t, p.url(t))
	if _, err := exchange(t.Context(), socket, "hello"); err != nil {
		t.Fatal(err)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.waitLog(t, "stopping: finishing the requests in flight")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for p.stdout.Scan() && !strings.Contains(p.stdout.Text(), `"msg":"stopped"`) {
			continue
		}
	}()
	select {
	case <-ended:
		t.Error("the process ended before the client had answered the close")
	case <-time.After(200 * time.Millisecond): // nothing signals that it goes on waiting
	}
	if _, _, err := socket.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("WebSocket: %v, want close status 1001", err)
	}
	<-ended
	if code := p.exitCode(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestCrashExitsWith3(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--port", "0", "--fault", "crash", "--fault-after", "100ms")
	p.waitLog(t, "listening")
	if code := p.exitCode(t); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
}

func TestSlowStartListensOnlyAfterItsDelay(t *testing.T) {
	t.Parallel()
	began := time.Now()
	p := startProcess(t, "--port", "0", "--fault", "slow-start", "--fault-after", "300ms")
	p.waitLog(t, "starting slowly on purpose")
	p.waitLog(t, "listening")
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("listened after %s, want at least 300ms", took)
	}
}

func TestSIGTERMDuringASlowStart(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "--port", "0", "--fault", "slow-start", "--fault-after", "1h")
	p.waitLog(t, "starting slowly on purpose")
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.exitCode(t); code != 0 {
		t.Errorf("exit code %d, want 0", code)
	}
}

func TestExitCodesOfWrongUse(t *testing.T) {
	t.Parallel()
	getenv := func(string) string { return "" }
	for name, tc := range map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown fault": {[]string{"--fault", "sleepy"}, 2, "broken-api"},
		"unknown flag":  {[]string{"--colour"}, 2, "-colour"},
		"help":          {[]string{"--help"}, 0, "-fault-after"},
		"bad port":      {[]string{"--port", "99999"}, 1, "--port"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			if code := run(t.Context(), tc.args, getenv, &out, &out); code != tc.code || !strings.Contains(out.String(), tc.says) {
				t.Errorf("code %d, said %q; want %d and %q", code, out.String(), tc.code, tc.says)
			}
		})
	}
}
