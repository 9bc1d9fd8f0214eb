package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/runtime/process"
	"github.com/lockstep-dev/lockstep/internal/traffic"
	"github.com/lockstep-dev/lockstep/internal/traffic/edgerouter"
)

// machine is this host as the server sees it: an agent, started when the
// first environment needs one and kept alive from then on.
type machine struct {
	start  agent.EnsureOptions
	client *wire.Client
	router *edgerouter.Router
	runs   *process.Runtime
	log    *slog.Logger
	secure bool // it is to speak HTTPS

	needed func() // says, once, that an agent is wanted
	wanted chan struct{}

	mu      sync.Mutex
	trouble error // why no agent runs; nil: one does
}

func newMachine(data string, edge edgeOptions, blobs runtime.Blobs, log *slog.Logger) (*machine, error) {
	start, err := agentStart(data, edge)
	if err != nil {
		return nil, err
	}
	client := wire.NewClient(start.Dir)
	m := &machine{
		start: start, client: client, log: log, secure: edge.tls.Addr != "", wanted: make(chan struct{}),
		router: edgerouter.New(client), runs: process.New(client, blobs),
	}
	m.needed = sync.OnceFunc(func() { close(m.wanted) })
	// An agent that was needed before is needed still: apps may be running.
	if _, err := os.Stat(start.Dir); err == nil {
		m.needed()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	} else if err := edge.free(); err != nil {
		return nil, err
	} else {
		m.trouble = errors.New("it is being started")
	}
	return m, nil
}

// hands are what acts on an environment. Without an agent they are
// unavailable, with the reason: whoever wants them tries again.
func (m *machine) hands(env lockstep.Environment) (runtime.Runtime, traffic.Router, error) {
	if env.Spec.Runtime != lockstep.RuntimeProcess {
		return nil, nil, lockstep.Errorf(lockstep.CodeUnsupported, "the runtime %q is not built: use process", env.Spec.Runtime)
	}
	m.needed()
	if err := m.without(); err != nil {
		return nil, nil, err
	}
	return m.runs, m.router, nil
}

// without says why no agent runs, as far as is known.
func (m *machine) without() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.trouble == nil {
		return nil
	}
	return lockstep.Errorf(lockstep.CodeUnavailable, "the agent of this machine does not run: %w", m.trouble)
}

// keepAlive starts the agent when it is needed and again whenever it dies.
func (m *machine) keepAlive(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-m.wanted:
	}
	agent.Keep(ctx, m.start, func(err error) {
		m.mu.Lock()
		m.trouble = err
		m.mu.Unlock()
		if err != nil {
			m.log.Error("the agent does not run", "error", err)
			return
		}
		m.log.Info("the agent runs", "dir", m.start.Dir)
		info, err := m.client.Info(ctx)
		if err != nil {
			return
		}
		if info.Version != m.start.Version { // an init system keeps it
			m.log.Warn("the agent that runs is of another version and may not do all that the server asks for: systemctl reload lockstep-agent replaces it", "agent", info.Version, "server", m.start.Version)
		}
		if (info.EdgeTLS != "") != m.secure {
			m.log.Warn("the agent that runs was started with another --edge-tls: this one takes effect with the next agent (lockstep agent stop)", "edge-tls", info.EdgeTLS)
		}
	})
}

// Observe reads an environment from the agent; see control.Observer.
func (m *machine) Observe(ctx context.Context, env lockstep.Environment) (control.Observation, error) {
	if !m.isWanted() {
		return control.Observation{}, nil // nothing was ever started here
	}
	if err := m.without(); err != nil {
		return control.Observation{}, err
	}
	instances, err := m.runs.Instances(ctx, env.ID)
	if err != nil {
		return control.Observation{}, err
	}
	routing, err := m.router.Get(ctx, env.ID)
	if err != nil {
		return control.Observation{}, err
	}
	addresses, err := m.router.Addresses(ctx, env.ID)
	if err != nil {
		return control.Observation{}, err
	}
	edge, err := m.router.Held(ctx, env.ID)
	if err != nil {
		return control.Observation{}, err
	}
	certificates, err := m.router.Certificates(ctx, env.ID)
	if err != nil {
		return control.Observation{}, err
	}
	return control.Observation{Instances: instances, Routing: routing, Addresses: addresses, Certificates: certificates, Edge: edge}, nil
}

func (m *machine) isWanted() bool {
	select {
	case <-m.wanted:
		return true
	default:
		return false
	}
}

func (m *machine) info(ctx context.Context) api.AgentInfo {
	if !m.isWanted() {
		return api.AgentInfo{State: "not started"}
	}
	info, err := m.client.Info(ctx)
	if err != nil {
		return api.AgentInfo{State: "unreachable", Reason: m.reason()}
	}
	return api.AgentInfo{
		State: "running", Edge: info.Edge, EdgeTLS: info.EdgeTLS, Certificates: certificatesOf(info),
		PID: info.PID, Limits: info.Limits, Files: info.Files,
	}
}

// reason says why the agent does not answer.
func (m *machine) reason() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.trouble == nil {
		return "it has ended, or hangs: its log is " + filepath.Join(m.start.Dir, "agent.log")
	}
	return m.trouble.Error()
}

// metrics are the agent's figures, as text.
func (m *machine) metrics(ctx context.Context) ([]byte, error) {
	if !m.isWanted() {
		return nil, lockstep.Errorf(lockstep.CodeUnavailable, "no agent was started yet")
	}
	return m.client.Metrics(ctx)
}
