package agent_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/agent"
)

// An agent that an init system keeps is waited for: it is neither started nor
// replaced by one of another version.
func TestEnsureUsesAnAgentThatIsKept(t *testing.T) {
	t.Parallel()
	f, opts := ensured(t)
	unit := filepath.Join(t.TempDir(), "lockstep-agent.service")
	must(t, os.WriteFile(unit, nil, 0o600))
	must(t, agent.SetKeptBy(f.Dir, unit))
	if by := agent.KeptBy(f.Dir); by != unit {
		t.Errorf("kept by %q", by)
	}
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := agent.Ensure(short, opts); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want to wait in vain", err)
	}
	if left := f.Processes(); len(left) != 0 {
		t.Errorf("started: %v", left)
	}

	f.Launch(t) // as the init system does
	kept, err := f.Info(t.Context())
	must(t, err)
	opts.Version = "another"
	client, err := agent.Ensure(t.Context(), opts)
	must(t, err)
	defer client.Close()
	if now, err := client.Info(t.Context()); err != nil || now.PID != kept.PID {
		t.Errorf("agent %+v, %v, want the one that is kept, %+v", now, err, kept)
	}

	// Who waits when the unit is taken away starts an agent of their own.
	opts.Version = f.Version
	f.Kill(t)
	started := make(chan error, 1)
	go func() {
		own, err := agent.Ensure(t.Context(), opts)
		if err == nil {
			own.Close()
		}
		started <- err
	}()
	t.Cleanup(f.endAgent)
	must(t, os.Remove(unit))
	must(t, <-started)
	if by := agent.KeptBy(f.Dir); by != "" {
		t.Errorf("kept by %q, which is gone", by)
	}
	must(t, agent.SetKeptBy(f.Dir, ""))
	must(t, agent.SetKeptBy(f.Dir, ""))
}
