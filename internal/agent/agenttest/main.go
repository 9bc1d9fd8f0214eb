package agenttest

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep/internal/agent"
)

// The first argument of the test binary where it is something else.
const (
	asAgent = "agenttest-agent" // DIR EDGE VERSION [TLS CA ROOTS]
	asApp   = "agenttest-app"   // BEHAVIOUR
	asJob   = "agenttest-job"   // BEHAVIOUR
	asShim  = "agenttest-shim"  // DIR
)

// envDir marks every process of a test with the directory of its agent.
const envDir = "AGENTTEST_DIR"

// EnvMemory names the directory that an agent takes for one in memory.
const EnvMemory = "AGENTTEST_MEMORY"

// Renewed is the version that an agent starts when it is told to reload.
const Renewed = "renewed"

// fileHold is there while the processes around jobs are to wait.
const fileHold = "hold"

// Main is a TestMain: it runs the tests, or is an agent, a service or a job,
// whatever this process was started as.
func Main(m *testing.M) {
	if len(os.Args) > 2 {
		// Not os.Exit, in which the race detector waits for a second.
		switch os.Args[1] {
		case asAgent:
			syscall.Exit(runAgent(os.Args[2], os.Args[3], os.Args[4], os.Args[5:]))
		case asApp:
			syscall.Exit(runApp(Behaviour(os.Args[2])))
		case asJob:
			syscall.Exit(runJob(os.Args[2]))
		case asShim:
			syscall.Exit(runShim(os.Args[2]))
		}
	}
	os.Exit(m.Run())
}

func runShim(dir string) int {
	for hold := filepath.Join(dir, "..", "..", fileHold); ; <-time.After(5 * time.Millisecond) {
		if _, err := os.Stat(hold); err != nil {
			break
		}
	}
	if err := agent.RunJobProcess(dir, os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func runAgent(dir, edge, version string, https []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var secure agent.EdgeTLS
	if len(https) == 3 {
		secure = agent.EdgeTLS{Addr: https[0], CA: https[1], CARoots: https[2], Email: "you@example.com"}
	}
	var memory []string
	if dir, ok := os.LookupEnv(EnvMemory); ok {
		memory = []string{dir}
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	go agent.Renew(ctx, []string{executable(), asAgent, dir, edge, Renewed}, log)
	err := agent.Run(ctx, agent.Options{
		Dir: dir, EdgeAddr: edge, EdgeTLS: secure, Version: version,
		JobCommand: []string{executable(), asShim},
		Logger:     log, Memory: memory,
		Serving: func() {
			if err := agent.Announce(); err != nil {
				log.Error("cannot announce", "error", err)
			}
		},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		return 1
	}
	return 0
}

func executable() string {
	exe, err := os.Executable()
	if err != nil {
		return os.Args[0]
	}
	return exe
}
