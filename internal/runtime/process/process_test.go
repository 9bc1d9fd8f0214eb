package process_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/runtime/process"
	"github.com/lockstep-dev/lockstep/internal/runtime/runtimetest"
)

func TestMain(m *testing.M) { agenttest.Main(m) }

// noBlobs has no artifacts.
type noBlobs struct{}

func (noBlobs) Open(context.Context, string) (io.ReadCloser, error) {
	return nil, lockstep.Errorf(lockstep.CodeNotFound, "no such blob")
}

// TestConformance runs the suite over a real agent, in a process of its own
// that the suite kills.
func TestConformance(t *testing.T) {
	t.Parallel()
	runtimetest.Run(t, func(t *testing.T) runtimetest.Subject {
		t.Helper()
		a := agenttest.Start(t)
		return runtimetest.Subject{
			Runtime: process.New(a.Client, noBlobs{}),
			Spec: func(service string, b runtimetest.Behaviour) lockstep.ServiceSpec {
				return a.Spec(service, agenttest.Behaviour(b))
			},
			Starts: func(t *testing.T, environment string) map[string]int {
				t.Helper()
				return a.Starts(t, environment)
			},
			Reopen: func(t *testing.T) runtime.Runtime {
				t.Helper()
				a.Restart(t)
				return process.New(a.Client, noBlobs{})
			},
			Job: func(b runtimetest.JobBehaviour) runtime.Job {
				command, env := a.Job(string(b))
				return runtime.Job{Command: command, Env: env, Timeout: time.Minute}
			},
		}
	})
}
