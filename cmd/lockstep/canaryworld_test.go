package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lockstep-dev/lockstep"
)

// canaries is a world with values in it that are looked for.
type canaries struct {
	*testing.T
	*world
	work   string
	values map[string]string // by key
	tokens []string
	skip   []string

	mu   sync.Mutex
	seen map[string][]byte // what somebody could read, by where
	n    int
}

// asScript is a test as a script's world sees it.
type asScript struct{ *testing.T }

func (s asScript) Run(name string, run func(testscript.T)) {
	s.T.Run(name, func(t *testing.T) { run(asScript{t}) })
}

func (asScript) Verbose() bool { return testing.Verbose() }

func newCanaries(t *testing.T) *canaries {
	t.Helper()
	dir, err := os.MkdirTemp("", "lc") //nolint:usetesting // t.TempDir is too long for a socket's path
	if err != nil {
		t.Fatal(err)
	}
	w := &canaries{
		T: t, work: t.TempDir(), seen: map[string][]byte{},
		world: &world{t: asScript{t}, dir: filepath.Join(dir, "d"), api: freeAddress(), edge: freeAddress(), log: filepath.Join(dir, "server.log")},
	}
	w.vars = append(os.Environ(), hurry, "LOCKSTEP_DATA="+w.dir)
	// The last is this world's alone: it is looked for where others have theirs.
	w.tokens = []string{"k4n4r1env0gelA7q", "k4n4r1env0gelB2x", "k4n4r1env0gelC9z", "k4n4r1env0gelD5w", "k4n4r1env0gelE3v", "k4n4r1env0gelF8u", "k4n4r1env0gelG4t" + rand.Text()}
	w.values = map[string]string{
		"PLAIN": w.tokens[0],
		"NASTY": w.tokens[1] + `'"` + "`$HOME ${PLAIN} {{port}} {{version}} %s \\n <&> ünï-鍵 \t" + w.tokens[2],
		"LINES": "-----BEGIN KEY-----\n" + w.tokens[3] + "\n" + strings.Repeat(w.tokens[4]+"\n", 50) + "-----END KEY-----",
		"AGAIN": w.tokens[5] + " another",
		"FILE":  "-----BEGIN KEY-----\n" + w.tokens[6] + "\n-----END KEY-----",
	}
	if err := os.CopyFS(w.work, os.DirFS("testdata/shop")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.end()
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *canaries) path(name string) string { return filepath.Join(w.work, name) }

func (w *canaries) write(name, text string) {
	w.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

func (w *canaries) serve() {
	w.Helper()
	if err := w.start(nil, nil); err != nil {
		w.Fatal(err)
	}
}

func (w *canaries) crash() {
	w.Helper()
	if err := w.stop(syscall.SIGKILL); err != nil {
		w.Fatal(err)
	}
}

// keep holds on to what somebody could read.
func (w *canaries) keep(where string, text []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	w.seen[strconv.Itoa(w.n)+" "+where] = text
}

// call runs the program with something to read.
func (w *canaries) call(in string, args ...string) (string, error) {
	cmd := w.command(nil, args...)
	cmd.Dir, cmd.Stdin = w.work, strings.NewReader(in)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	what := "lockstep " + strings.Join(args, " ")
	w.keep(what+" (output)", out.Bytes())
	w.keep(what+" (errors)", errs.Bytes())
	return out.String() + errs.String(), err
}

// run runs what has to work.
func (w *canaries) run(args ...string) string {
	w.Helper()
	out, err := w.call("", args...)
	if err != nil {
		w.Fatalf("lockstep %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// try runs what may fail.
func (w *canaries) try(args ...string) { _, _ = w.call("", args...) }

// fails runs what must not work.
func (w *canaries) fails(args ...string) string {
	w.Helper()
	out, err := w.call("", args...)
	if err == nil {
		w.Fatalf("lockstep %s works:\n%s", strings.Join(args, " "), out)
	}
	return out
}

// plant sets the value of the key that the arguments name.
func (w *canaries) plant(args ...string) {
	w.Helper()
	key := args[3][strings.Index(args[3], "/")+1:]
	if out, err := w.call(w.values[key], args...); err != nil {
		w.Fatalf("lockstep %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func (w *canaries) plantAgain(args ...string) {
	w.Helper()
	if out, err := w.call(w.values["AGAIN"], args...); err != nil {
		w.Fatalf("lockstep %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// rejects gives a value to what must refuse it.
func (w *canaries) rejects(value string, args ...string) {
	w.Helper()
	if out, err := w.call(value, args...); err == nil {
		w.Errorf("lockstep %s works:\n%s", strings.Join(args, " "), out)
	}
}

func (w *canaries) request(method, path, body string) *http.Response {
	w.Helper()
	token, err := os.ReadFile(filepath.Join(w.dir, "token"))
	if err != nil {
		w.Fatal(err)
	}
	req, err := http.NewRequestWithContext(w.Context(), method, "http://"+w.api+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("If-Match", "*")
	req.Header.Set("Idempotency-Key", "canary "+path+strconv.Itoa(len(body)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	return resp
}

func (w *canaries) get(path string) {
	w.Helper()
	resp := w.request(http.MethodGet, path, "")
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	w.keep("GET "+path, text)
}

func (w *canaries) put(path, body string) {
	w.Helper()
	resp := w.request(http.MethodPut, path, body)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		w.Fatal(err)
	}
	if resp.StatusCode < 400 {
		w.Errorf("PUT %s is answered %d", path, resp.StatusCode)
	}
	w.keep("PUT "+path, text)
}

// events reads all that happened.
func (w *canaries) events() {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 500*time.Millisecond)
	defer cancel()
	cmd := exec.CommandContext(ctx, "lockstep", "watch", "-o", "json")
	cmd.Env = w.vars
	out, _ := cmd.CombinedOutput() // it watches until it is ended
	w.keep("lockstep watch", out)

	resp := w.request(http.MethodGet, "/api/system/events?after=0", "")
	defer resp.Body.Close()
	var all bytes.Buffer
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	time.AfterFunc(500*time.Millisecond, func() { resp.Body.Close() })
	for lines.Scan() {
		all.Write(lines.Bytes())
		all.WriteByte('\n')
	}
	if !strings.Contains(all.String(), "operation.finished") {
		w.Errorf("the events end early: %.300s", all.String())
	}
	w.keep("events", all.Bytes())
}

// watch reads the arguments of every process, and the environment of the
// server and the agent, as often as it can until the test ends.
func (w *canaries) watch() {
	if runtime.GOOS != "linux" {
		return
	}
	ctx, cancel := context.WithCancel(w.Context())
	var watching sync.WaitGroup
	watching.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		known := map[string]bool{}
		for ctx.Err() == nil {
			files, _ := filepath.Glob("/proc/[0-9]*/cmdline") // a good pattern
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil || known[string(text)] {
					continue
				}
				known[string(text)] = true
				w.keep(file, text)
				if bytes.Contains(text, []byte("\x00server\x00")) || bytes.Contains(text, []byte("\x00agent\x00")) {
					if text, err = os.ReadFile(strings.Replace(file, "cmdline", "environ", 1)); err == nil {
						w.keep(strings.Replace(file, "cmdline", "environ", 1), text)
					}
				}
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	})
	w.Cleanup(func() { cancel(); watching.Wait() })
}

// instancesHaveThem reads the environment of what runs: each value is there
// as it was set, byte for byte.
func (w *canaries) instancesHaveThem() {
	w.Helper()
	if runtime.GOOS != "linux" {
		return
	}
	var report lockstep.StatusReport
	if err := json.Unmarshal([]byte(w.run("status", "production", "-o", "json")), &report); err != nil {
		w.Fatal(err)
	}
	found := 0
	files, _ := filepath.Glob("/proc/[0-9]*/environ") // a good pattern
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || !bytes.Contains(text, []byte(w.values["LINES"])) || bytes.Contains(text, []byte("LOCKSTEP_HOOK=")) {
			continue
		}
		found++
		want := map[string]string{
			"PLAIN": w.values["PLAIN"], "NASTY": w.values["NASTY"], "LINES": w.values["LINES"],
			"URL": "postgres://app:" + w.values["PLAIN"] + "@db/production?" + w.values["NASTY"],
		}
		for name, value := range want {
			if !bytes.Contains(append([]byte{0}, text...), []byte("\x00"+name+"="+value+"\x00")) {
				w.Errorf("%s of %s is not what was set", name, file)
			}
		}
		w.isDelivered(text, file)
	}
	if found == 0 {
		w.Errorf("no process has the values: %+v", report.Health)
	}
}

// except leaves out files below a path of the data directory.
func (w *canaries) except(path string) { w.skip = append(w.skip, path) }

// nowhere fails the test where a token is in anything that was seen, or in
// any file of the server and the agent.
func (w *canaries) nowhere() {
	w.Helper()
	w.keep("the server's log", []byte(w.logs()))
	for _, found := range searched(w.T, w.dir, w.tokens, w.skip) {
		w.Errorf("a value is in %s", found)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for where, text := range w.seen {
		for _, token := range w.tokens {
			if how, found := sought(token)(text); found {
				w.Errorf("a value is in %s (%s)", where, how)
			}
		}
	}
}
