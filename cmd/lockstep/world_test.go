package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lockstep-dev/lockstep/internal/cli"
)

// patience is how long anything may take on a busy machine.
const patience = 60 * time.Second

// world is what one script has to itself: a data directory, ports, and the
// server that `serve` starts.
type world struct {
	t    testscript.T
	dir  string // also $LOCKSTEP_DATA
	api  string // host:port, also $API
	edge string // also $EDGE
	log  string // of the server, over all of its lives
	vars []string

	server    *exec.Cmd
	ended     chan struct{} // of the server
	listeners map[string]net.Listener
	held      *sql.DB // by a stranger
	unmount   func() error
}

type worldKey struct{}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

func setUp(env *testscript.Env) error {
	dir, err := os.MkdirTemp("", "ls") // short enough for the agent's socket
	if err != nil {
		return err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return err
	}
	w := &world{
		t: env.T(), dir: filepath.Join(dir, "d"), api: freeAddress(), edge: freeAddress(),
		log: filepath.Join(env.WorkDir, "server.log"), listeners: map[string]net.Listener{},
	}
	if err := os.CopyFS(filepath.Join(env.WorkDir, "shop"), os.DirFS("testdata/shop")); err != nil {
		return err
	}
	env.Vars = append(env.Vars, hurry)
	env.Setenv("LOCKSTEP_DATA", w.dir)
	env.Setenv("API", w.api)
	env.Setenv("EDGE", w.edge)
	env.Setenv("CACHE", freeAddress()) // nobody listens there
	w.vars = env.Vars
	env.Values[worldKey{}] = w
	env.Defer(func() {
		w.end()
		if err := os.RemoveAll(dir); err != nil {
			w.t.Fatal(err)
		}
	})
	return nil
}

// freeAddress is a loopback port outside the ranges of agents and of outgoing
// connections, and no other script's.
func freeAddress() string {
	for {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(10000+rand.IntN(7000)))
		if _, taken := given.LoadOrStore(addr, true); taken {
			continue
		}
		if ln, err := net.Listen("tcp", addr); err == nil {
			ln.Close()
			return addr
		}
	}
}

var given sync.Map

// command is the program with the script's environment, as far as the script
// may change it.
func (w *world) command(ts *testscript.TestScript, args ...string) *exec.Cmd {
	cmd := exec.Command("lockstep", args...) //nolint:noctx // the world ends it //nolint:noctx // stop ends it
	cmd.Env = w.vars
	for _, name := range []string{"LOCKSTEP_DATA", "LOCKSTEP_FAILPOINT", "LOCKSTEP_DATABASE_URL"} {
		if ts != nil && ts.Getenv(name) != "" {
			cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
		}
	}
	return cmd
}

// start runs a server and returns when it answers.
func (w *world) start(ts *testscript.TestScript, args []string) error {
	if w.server != nil {
		return errors.New("a server runs already")
	}
	log, err := os.OpenFile(w.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the child has its own
	cmd := w.command(ts, append([]string{"server", "--listen", w.api, "--edge", w.edge}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait() //nolint:errcheck // how it ended is in its log
		close(ended)
	}()
	w.server, w.ended = cmd, ended
	dir := w.dir
	if ts != nil {
		dir = ts.Getenv("LOCKSTEP_DATA")
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return poll(ctx, func() error {
		select {
		case <-ended:
			w.server = nil
			return final{fmt.Errorf("the server ended:\n%s", w.logs())}
		default:
		}
		return w.answers(dir, cmd.Process.Pid)
	})
}

// answers says that the server has told where it is, and is there.
func (w *world) answers(dir string, pid int) error {
	raw, err := os.ReadFile(filepath.Join(dir, cli.AddressFile))
	if err != nil {
		return err
	}
	var at cli.Address
	if err := json.Unmarshal(raw, &at); err != nil {
		return err
	}
	if at.PID != pid {
		return fmt.Errorf("%s is of process %d, not of %d", cli.AddressFile, at.PID, pid)
	}
	resp, err := http.Get(at.Server + "/healthz") //nolint:noctx // of this machine
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// stop ends the server with a signal, and returns when it is gone.
func (w *world) stop(sig syscall.Signal) error {
	if w.server == nil {
		return errors.New("no server runs")
	}
	cmd, ended := w.server, w.ended
	w.server = nil
	if err := cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-ended:
	case <-time.After(patience):
		cmd.Process.Kill() //nolint:errcheck // the last that can be done
		<-ended
		return fmt.Errorf("the server did not end within %s of %s:\n%s", patience, sig, w.logs())
	}
	if code := cmd.ProcessState.ExitCode(); sig != syscall.SIGKILL && code != 0 {
		return fmt.Errorf("the server ended with %d:\n%s", code, w.logs())
	}
	return nil
}

// end stops all that the script has started.
func (w *world) end() {
	for _, ln := range w.listeners {
		ln.Close()
	}
	if w.held != nil {
		w.held.Close() //nolint:errcheck // a stranger's
	}
	var errs []error
	if w.server != nil {
		errs = append(errs, w.stop(syscall.SIGTERM))
	}
	out, err := w.command(nil, "agent", "stop", "--apps").CombinedOutput()
	if err != nil {
		errs = append(errs, fmt.Errorf("stop the agent: %w\n%s", err, out))
	}
	if w.unmount != nil {
		errs = append(errs, w.unmount())
	}
	if testing.Verbose() {
		w.t.Log("the server's log:\n" + w.logs())
	}
	if err := errors.Join(errs...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) logs() string {
	raw, err := os.ReadFile(w.log)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// final is an error that asking again cannot help.
type final struct{ error }

// poll asks until there is no error, in places where nobody tells.
func poll(ctx context.Context, ask func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := ask()
		var f final
		if err == nil || errors.As(err, &f) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not within %s: %w", patience, err)
		case <-tick.C:
		}
	}
}

// lines are the last of a text.
func lastLines(text string, n int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-n):], "\n")
}
