package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// EnsureOptions say which agent shall run. Dir and Command are required.
type EnsureOptions struct {
	Dir     string
	Version string   // default "dev"
	Command []string // runs Run with the same Dir and Version, and whatever other options are wanted
	Besides bool     // start one also where an init system keeps the directory's agent: see SetKeptBy
}

const startPatience = 20 * time.Second

// Ensure returns when an agent of this version answers in the directory. It
// starts one where none does, in a session of its own, so that it outlives
// the caller; one of another version is replaced by handover. It may be called
// at any time, by several at once, and costs one request where all is well.
// An agent that an init system keeps is neither started nor replaced here.
func Ensure(ctx context.Context, opts EnsureOptions) (*wire.Client, error) {
	client, _, err := ensure(ctx, opts)
	return client, err
}

func ensure(ctx context.Context, opts EnsureOptions) (*wire.Client, wire.Info, error) {
	if opts.Version == "" {
		opts.Version = "dev"
	}
	client := wire.NewClient(opts.Dir)
	info, ok := answers(ctx, client, opts.Version)
	if !ok {
		var err error
		if by := KeptBy(opts.Dir); by != "" && !opts.Besides {
			if info, err = awaitKept(ctx, client, opts.Dir, by); err == nil {
				return client, info, nil
			}
			if !errors.Is(err, errNotKept) {
				client.Close()
				return nil, info, err
			}
		}
		if info, err = opts.startAgent(ctx, client); err != nil {
			client.Close()
			return nil, info, err
		}
	}
	return client, info, nil
}

func answers(ctx context.Context, client *wire.Client, version string) (wire.Info, bool) {
	asking, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	info, err := client.Info(asking)
	return info, err == nil && info.Version == version
}

// startAgent starts a detached agent and waits until it answers. That it ends
// instead is no failure where another one answers: someone was faster.
func (o EnsureOptions) startAgent(ctx context.Context, client *wire.Client) (wire.Info, error) {
	none := wire.Info{}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return none, fmt.Errorf("agent directory: %w", err)
	}
	path := filepath.Join(o.Dir, ownLog)
	log, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return none, fmt.Errorf("log of the agent: %w", err)
	}
	defer log.Close() //nolint:errcheck // the agent has its own
	before, err := log.Stat()
	if err != nil {
		return none, fmt.Errorf("log of the agent: %w", err)
	}
	cmd := exec.Command(o.Command[0], o.Command[1:]...) //nolint:noctx // it outlives us
	cmd.Dir, cmd.Stdout, cmd.Stderr = o.Dir, log, log
	cmd.Env = environ("", passed("GOGC", "GOMEMLIMIT", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return none, lockstep.Errorf(lockstep.CodeUnavailable, "the agent %s cannot be started: %w", o.Command[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()

	deadline := time.NewTimer(startPatience)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if info, ok := answers(ctx, client, o.Version); ok {
			return info, nil
		}
		select {
		case <-tick.C:
		case err := <-ended:
			if info, ok := answers(ctx, client, o.Version); ok {
				return info, nil
			}
			return none, lockstep.Errorf(lockstep.CodeUnavailable, "the agent %s as soon as it was started; %s says:\n%s", describeExit(err), path, since64K(path, before.Size()))
		case <-deadline.C:
			return none, lockstep.Errorf(lockstep.CodeUnavailable, "the agent was started and does not answer after %s; %s says:\n%s", startPatience, path, since64K(path, before.Size()))
		case <-ctx.Done():
			return none, ctx.Err()
		}
	}
}

func passed(names ...string) []string {
	var out []string
	for _, name := range names {
		if v, ok := os.LookupEnv(name); ok {
			out = append(out, name+"="+v)
		}
	}
	return out
}

// since64K is what was written to a log since it had this length, or the end of that.
func since64K(path string, length int64) string {
	info, err := os.Stat(path)
	if err != nil {
		return err.Error()
	}
	text, err := readEnd(path, min(max(info.Size()-length, 0), 64<<10))
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(text))
}
