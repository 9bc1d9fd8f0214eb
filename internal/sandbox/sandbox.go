// Package sandbox runs a whole Lockstep of its own, in a directory and on
// ports of its own: the real binary as a server process, with the agent that
// it starts. The demo plays in one; crash tests and benchmarks kill parts of one.
package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// Options of a Sandbox. Binary and Dir are required.
type Options struct {
	Binary      string        // the lockstep executable
	Dir         string        // exists; becomes the data directory
	DatabaseURL string        // "": SQLite in Dir
	Env         []string      // added to the server's environment ("NAME=value")
	Args        []string      // added to `lockstep server`
	StartWithin time.Duration // default 20s
}

// Sandbox is one server process with its agent. Its methods may be called
// concurrently, except that starts and stops of the server exclude each other.
type Sandbox struct {
	opts   Options
	listen string
	edge   string

	mu     sync.Mutex
	server *process
}

// process is a child and the news of its end.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
	err  error // valid once done is closed
}

// Start runs a server and waits until it answers.
func Start(ctx context.Context, opts Options) (*Sandbox, error) {
	if opts.StartWithin == 0 {
		opts.StartWithin = 20 * time.Second
	}
	listen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	edge, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &Sandbox{opts: opts, listen: listen, edge: edge}
	if err := s.StartServer(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// freeAddress finds a loopback port below the ephemeral range, where no
// outgoing connection can take it before the server does.
func freeAddress() (string, error) {
	for port := 17000 + os.Getpid()%2000; port < 20000; port++ {
		ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		addr := ln.Addr().String()
		if err := ln.Close(); err != nil {
			return "", fmt.Errorf("find a free port: %w", err)
		}
		reserved.Lock()
		taken := reserved.ports[addr]
		reserved.ports[addr] = true
		reserved.Unlock()
		if !taken {
			return addr, nil
		}
	}
	return "", errors.New("no free port between 17000 and 20000")
}

var reserved = struct {
	sync.Mutex
	ports map[string]bool
}{ports: map[string]bool{}}

// Edge is the host:port under which all environments are served, by host.
func (s *Sandbox) Edge() string { return s.edge }

// Dir is the data directory.
func (s *Sandbox) Dir() string { return s.opts.Dir }

// Server is the address of the API.
func (s *Sandbox) Server() string { return "http://" + s.listen }

// StartServer starts the server process, which must not be running. env is
// added to its environment for this life only.
func (s *Sandbox) StartServer(ctx context.Context, env ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return errors.New("sandbox: the server runs already")
	}
	log, err := os.OpenFile(s.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("sandbox: %w", err)
	}
	defer log.Close() //nolint:errcheck // the child has its own
	args := append([]string{"server", "--data", s.opts.Dir, "--listen", s.listen, "--edge", s.edge}, s.opts.Args...)
	cmd := exec.Command(s.opts.Binary, args...) //nolint:noctx // outlives the call; Kill and Stop end it
	cmd.Env = append(append(os.Environ(), s.opts.Env...), env...)
	if s.opts.DatabaseURL != "" {
		cmd.Env = append(cmd.Env, "LOCKSTEP_DATABASE_URL="+s.opts.DatabaseURL)
	}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's Ctrl-C is ours to hand on
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("sandbox: start %s: %w", s.opts.Binary, err)
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	s.server = p
	if err := s.awaitAnswer(ctx, p); err != nil {
		s.server = nil
		return errors.Join(err, kill(p))
	}
	return nil
}

func (s *Sandbox) awaitAnswer(ctx context.Context, p *process) error {
	ctx, cancel := context.WithTimeout(ctx, s.opts.StartWithin)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-p.done:
			return fmt.Errorf("sandbox: the server ended: %w\n%s", cmp.Or(p.err, errors.New("exit status 0")), s.LogTail())
		case <-ctx.Done():
			return fmt.Errorf("sandbox: the server does not answer: %w\n%s", ctx.Err(), s.LogTail())
		case <-tick.C:
			if c, err := s.Client(); err == nil {
				if _, err := c.Info(ctx); err == nil {
					return nil
				}
			}
		}
	}
}

// Running says whether the server process is alive.
func (s *Sandbox) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return false
	}
	select {
	case <-s.server.done:
		return false
	default:
		return true
	}
}

// ServerPID is the server's process; 0 while there is none.
func (s *Sandbox) ServerPID() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return 0
	}
	return s.server.cmd.Process.Pid
}

// AwaitServerExit waits until the server has ended by itself (a failpoint).
func (s *Sandbox) AwaitServerExit(ctx context.Context) error {
	s.mu.Lock()
	p := s.server
	s.mu.Unlock()
	if p == nil {
		return nil
	}
	select {
	case <-p.done:
		s.mu.Lock()
		s.server = nil
		s.mu.Unlock()
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// KillServer ends the server with SIGKILL, as a crash would.
func (s *Sandbox) KillServer() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.server
	s.server = nil
	if p == nil {
		return nil
	}
	return kill(p)
}

func kill(p *process) error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("sandbox: %w", err)
	}
	<-p.done
	return nil
}

// AgentPID is the agent's process, as it says itself; 0 where none answers.
func (s *Sandbox) AgentPID(ctx context.Context) int {
	c := wire.NewClient(filepath.Join(s.opts.Dir, "agent"))
	defer c.Close()
	info, err := c.Info(ctx)
	if err != nil {
		return 0
	}
	return info.PID
}

// KillAgent ends the agent with SIGKILL. The apps go on; the server starts
// the next agent when it notices.
func (s *Sandbox) KillAgent(ctx context.Context) error {
	pid := s.AgentPID(ctx)
	if pid == 0 {
		return nil
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("sandbox: kill the agent: %w", err)
	}
	return nil
}

// Stop ends the server, the agent and every instance.
func (s *Sandbox) Stop(ctx context.Context) error {
	s.mu.Lock()
	p := s.server
	s.server = nil
	s.mu.Unlock()
	var errs []error
	if p != nil {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			errs = append(errs, err)
		}
		select {
		case <-p.done:
		case <-time.After(10 * time.Second):
			errs = append(errs, errors.New("the server did not end within 10s and was killed"), kill(p))
		case <-ctx.Done():
			errs = append(errs, kill(p))
		}
	}
	out, err := exec.CommandContext(ctx, s.opts.Binary, "agent", "stop", "--apps", "--data", s.opts.Dir).CombinedOutput()
	if err != nil {
		errs = append(errs, fmt.Errorf("stop the agent: %w: %s", err, out))
	}
	return errors.Join(errs...)
}

// Client calls the sandbox's server with its administrator's token.
func (s *Sandbox) Client() (*client.Client, error) {
	token, err := os.ReadFile(filepath.Join(s.opts.Dir, "token"))
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return client.New(client.Options{Server: s.Server(), Token: strings.TrimSpace(string(token))})
}

// Journal reads the agent's journal: one JSON object a line.
func (s *Sandbox) Journal() ([]map[string]any, error) {
	raw, err := os.ReadFile(filepath.Join(s.opts.Dir, "agent", "journal.jsonl"))
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	var out []map[string]any
	for l := range strings.Lines(string(raw)) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(l), &entry); err != nil {
			return nil, fmt.Errorf("sandbox: journal line %d: %w", len(out)+1, err)
		}
		out = append(out, entry)
	}
	return out, nil
}

// LogFile holds what the server wrote, over all of its lives.
func (s *Sandbox) LogFile() string { return filepath.Join(s.opts.Dir, "server.log") }

// LogTail is the end of what the server wrote.
func (s *Sandbox) LogTail() string {
	raw, err := os.ReadFile(s.LogFile())
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-4096):])
}
