package agenttest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// patience is how long an agent may take to start or to end on a busy machine.
const patience = 60 * time.Second

// Agent is an agent of one test, in a directory of its own.
type Agent struct {
	*wire.Client
	Dir     string
	Edge    string   // host:port of the shared listener
	Version string   // of the agent that Launch starts
	Cgroup  string   // directory of the cgroup of version 2 to launch it in; "": ours
	Env     []string // beside ours

	// HTTPS is what the agent that Launch starts needs for it: an address for
	// the listener, the CA's directory, and who vouches for the CA's own address.
	HTTPS []string

	cmd    *exec.Cmd
	exited chan struct{}
	all    []chan struct{} // exited of every agent that was launched
}

// Start gives a test an agent, and ends it with all that it runs when the
// test is over. A process that is left then fails the test.
func Start(tb testing.TB) *Agent {
	tb.Helper()
	a := New(tb)
	a.Launch(tb)
	return a
}

// New is Start without starting.
func New(tb testing.TB) *Agent {
	tb.Helper()
	dir, err := os.MkdirTemp("", "agent") //nolint:usetesting // short enough for a socket, unlike that of the test
	if err != nil {
		tb.Fatal(err)
	}
	return NewIn(tb, dir)
}

// NewIn is New in a directory that the test chose.
func NewIn(tb testing.TB, dir string) *Agent {
	tb.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	a := &Agent{Dir: dir, Edge: FreePort(tb), Version: "test", Client: wire.NewClient(dir)}
	tb.Cleanup(func() { a.cleanUp(tb) })
	return a
}

// FreePort is outside the ranges of agents and of outgoing connections, so
// that an agent that is started again finds it free.
func FreePort(tb testing.TB) string {
	tb.Helper()
	for {
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(10000+rand.IntN(9000)))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
}

// Command is what starts this agent.
func (a *Agent) Command() []string {
	return append([]string{executable(), asAgent, a.Dir, a.Edge, a.Version}, a.HTTPS...)
}

// Launch starts the agent and waits until it answers.
func (a *Agent) Launch(tb testing.TB) {
	tb.Helper()
	log, err := os.OpenFile(a.log(), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	defer log.Close() //nolint:errcheck // the agent has its own
	command := a.Command()
	a.cmd = exec.Command(command[0], command[1:]...) //nolint:noctx // it ends in cleanUp
	a.cmd.Env = append(append(os.Environ(), envDir+"="+a.Dir), a.Env...)
	a.cmd.Stdout, a.cmd.Stderr = log, log
	a.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if a.Cgroup != "" {
		letGo, err := enter(a.cmd.SysProcAttr, a.Cgroup)
		if err != nil {
			tb.Fatal(err)
		}
		defer letGo()
	}
	if err := a.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	a.exited = make(chan struct{})
	a.all = append(a.all, a.exited)
	go func(cmd *exec.Cmd, exited chan struct{}) {
		_ = cmd.Wait() // how it ended is in its log
		close(exited)
	}(a.cmd, a.exited)
	a.AwaitVersion(tb, a.Version)
}

// AwaitVersion waits until an agent of this version answers.
func (a *Agent) AwaitVersion(tb testing.TB, version string) {
	tb.Helper()
	deadline := time.Now().Add(patience)
	for {
		info, err := a.Info(context.Background())
		if err == nil && info.Version == version {
			return
		}
		if time.Now().After(deadline) {
			tb.Fatalf("no agent %s answers: %v\n%s", version, err, a.Log())
		}
		select {
		case <-a.exited:
			tb.Fatalf("the agent ended:\n%s", a.Log())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Exited is closed when the agent that was launched last has ended.
func (a *Agent) Exited() <-chan struct{} { return a.exited }

// Kill ends the agent as a power cut would.
func (a *Agent) Kill(tb testing.TB) {
	tb.Helper()
	if err := a.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		tb.Fatal(err)
	}
	<-a.exited
}

// Restart kills the agent and launches the next.
func (a *Agent) Restart(tb testing.TB) {
	tb.Helper()
	a.Kill(tb)
	a.Launch(tb)
}

func (a *Agent) log() string { return filepath.Join(a.Dir, "agent.log") }

// Log is what the agents of this directory wrote.
func (a *Agent) Log() string {
	text, _ := os.ReadFile(a.log()) // none is nothing
	return string(text)
}

// Journal is what the agents of this directory announced.
func (a *Agent) Journal(tb testing.TB) []wire.Entry {
	tb.Helper()
	var out []wire.Entry
	for _, name := range []string{"journal.jsonl.1", "journal.jsonl"} {
		f, err := os.Open(filepath.Join(a.Dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			tb.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			var e wire.Entry
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				tb.Fatalf("journal line %q: %v", lines.Text(), err)
			}
			out = append(out, e)
		}
		_ = f.Close()
	}
	return out
}

// Starts counts the journal's starts of an environment, by instance. A key
// that started an instance twice fails the test.
func (a *Agent) Starts(tb testing.TB, environment string) map[string]int {
	tb.Helper()
	out, keys := map[string]int{}, map[string]bool{}
	for _, e := range a.Journal(tb) {
		if e.Effect != "start" || e.Environment != environment {
			continue
		}
		out[e.Instance]++
		if once := e.Key + " " + e.Instance; keys[once] {
			tb.Errorf("the journal has two starts of %s under the key %s", e.Instance, e.Key)
		} else {
			keys[once] = true
		}
	}
	return out
}

// Spec is a service that behaves so.
func (a *Agent) Spec(service string, b Behaviour) lockstep.ServiceSpec {
	return lockstep.ServiceSpec{
		Name: service, Command: []string{executable(), asApp, string(b)},
		Routes: []string{"/"}, Env: map[string]string{envDir: a.Dir},
		Health:    lockstep.HealthSpec{Path: "/health", Interval: lockstep.Duration(50 * time.Millisecond)},
		StopGrace: lockstep.Duration(5 * time.Second),
	}
}

// Job is a command that behaves so: see runJob.
func (a *Agent) Job(behaviour string) (command []string, env map[string]string) {
	return []string{executable(), asJob, behaviour}, map[string]string{envDir: a.Dir}
}

// HoldJobs lets the processes around jobs wait before they read their orders.
func (a *Agent) HoldJobs(tb testing.TB) (letGo func()) {
	tb.Helper()
	path := filepath.Join(a.Dir, fileHold)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		tb.Fatal(err)
	}
	return func() {
		if err := os.Remove(path); err != nil {
			tb.Error(err)
		}
	}
}

func (a *Agent) cleanUp(tb testing.TB) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := a.Shutdown(ctx, wire.ShutdownRequest{StopInstances: true})
	a.Close()
	late := time.After(patience)
	for _, exited := range a.all {
		select {
		case <-exited:
		case <-late:
			tb.Errorf("an agent does not end (%v):\n%s", err, a.Log())
		}
	}
	for _, left := range a.Processes() {
		tb.Errorf("process %s is left (shutdown: %v)", left, err)
		kill(left)
	}
	log := a.Log()
	for _, bad := range []string{"DATA RACE", "panic:", "fatal error:"} {
		if strings.Contains(log, bad) {
			tb.Errorf("the agent's log has a %q:\n%s", bad, log)
		}
	}
	if tb.Failed() && testing.Verbose() {
		tb.Logf("the agent's log:\n%s", log)
	}
	if err := os.RemoveAll(a.Dir); err != nil {
		tb.Error(err)
	}
}

func kill(process string) {
	if pid, err := strconv.Atoi(strings.Fields(process)[0]); err == nil {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// Processes lists the processes of this test that live: "PID command line".
// It needs /proc.
func (a *Agent) Processes() []string {
	var out []string
	dirs, _ := filepath.Glob("/proc/[0-9]*") // the pattern is right
	for _, dir := range dirs {
		env, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil || !strings.Contains("\x00"+string(env), "\x00"+envDir+"="+a.Dir+"\x00") {
			continue
		}
		args, _ := os.ReadFile(filepath.Join(dir, "cmdline")) // a zombie has none
		if len(args) > 0 {
			out = append(out, fmt.Sprint(filepath.Base(dir), " ", strings.ReplaceAll(string(args), "\x00", " ")))
		}
	}
	return out
}
