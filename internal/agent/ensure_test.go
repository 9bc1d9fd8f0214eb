package agent_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent"
	"github.com/lockstep-dev/lockstep/internal/agent/agenttest"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// ensured is a field whose agent is started by Ensure rather than the test.
func ensured(t *testing.T) (*field, agent.EnsureOptions) {
	t.Helper()
	a := agenttest.New(t)
	return onField(t, a), agent.EnsureOptions{Dir: a.Dir, Version: a.Version, Command: a.Command()}
}

func TestEnsureStartsOneDetachedAgent(t *testing.T) {
	t.Parallel()
	f, opts := ensured(t)
	var wg sync.WaitGroup
	pids := make([]int, 4)
	for n := range pids {
		wg.Go(func() {
			client, err := agent.Ensure(t.Context(), opts)
			if err != nil {
				t.Error(err)
				return
			}
			defer client.Close()
			info, err := client.Info(t.Context())
			if err != nil {
				t.Error(err)
			}
			pids[n] = info.PID
		})
	}
	wg.Wait()
	for _, pid := range pids[1:] {
		if pid != pids[0] {
			t.Fatalf("agents %v, want one", pids)
		}
	}
	t.Cleanup(func() { f.endAgent() })
	session, err := getsid(pids[0])
	if err != nil || session != pids[0] {
		t.Errorf("session %d of agent %d, %v: it would end with ours", session, pids[0], err)
	}
	env, err := os.ReadFile("/proc/" + itoa(pids[0]) + "/environ")
	must(t, err)
	for kv := range strings.SplitSeq(strings.TrimSuffix(string(env), "\x00"), "\x00") {
		name, _, _ := strings.Cut(kv, "=")
		if !slices.Contains([]string{"PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER", "LOGNAME", "GOGC", "GOMEMLIMIT"}, name) && !strings.HasPrefix(name, "XDG_") {
			t.Errorf("the agent got our %s", name)
		}
	}

	g := f.run(f.Spec("web", agenttest.Serves), 1)
	before := f.instances(g.ID)[0]
	f.Version = "next"
	opts.Version, opts.Command = f.Version, f.Command()
	client, err := agent.Ensure(t.Context(), opts)
	must(t, err)
	defer client.Close()
	info, err := client.Info(t.Context())
	must(t, err)
	if info.Version != "next" || info.PID == pids[0] {
		t.Errorf("after an upgrade: %+v", info)
	}
	if after := f.awaitReady(g.ID, 1)[0]; after.PID != before.PID {
		t.Errorf("the upgrade replaced the instance: %+v, %+v", before, after)
	}
}

// endAgent ends an agent that is nobody's child here and waits until it has.
func (f *field) endAgent() {
	_ = f.Shutdown(context.Background(), wire.ShutdownRequest{StopInstances: true}) // it may be gone
	await(f.t, "the agents to end", func() (bool, string) {
		pids, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, path := range pids {
			args, err := os.ReadFile(path)
			if err == nil && strings.Contains(string(args), "agenttest-agent\x00"+f.Dir) {
				return false, string(args)
			}
		}
		return true, ""
	})
}

func getsid(pid int) (int, error) {
	sid, _, errno := syscall.Syscall(syscall.SYS_GETSID, uintptr(pid), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(sid), nil
}

func TestEnsureSaysWhyNoAgentStarts(t *testing.T) {
	t.Parallel()
	f, opts := ensured(t)
	opts.Command = []string{"/bin/sh", "-c", "echo the disk is on fire >&2; exit 7"}
	_, err := agent.Ensure(t.Context(), opts)
	wantCode(t, err, lockstep.CodeUnavailable)
	for _, want := range []string{"exited with status 7", "the disk is on fire", filepath.Join(f.Dir, "agent.log")} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}

// Its own look comes too late to be what notices here.
func TestKeepNoticesTheEndOfAnAgent(t *testing.T) {
	t.Parallel()
	f, opts := ensured(t)
	ctx, cancel := context.WithCancel(t.Context())
	reports := make(chan error, 16)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		agent.KeepLooking(ctx, opts, time.Hour, func(err error) { reports <- err })
	}()
	t.Cleanup(func() {
		cancel()
		<-kept
		f.endAgent()
	})
	must(t, <-reports)
	info, err := f.Info(t.Context())
	must(t, err)
	must(t, syscall.Kill(info.PID, syscall.SIGKILL))
	await(t, "another agent", func() (bool, string) {
		again, err := f.Info(t.Context())
		return err == nil && again.PID != info.PID, ""
	})
}

// An agent that Keep did not start is watched too.
func TestKeepWatchesAnAgentThatItDidNotStart(t *testing.T) {
	t.Parallel()
	f, opts := ensured(t)
	client, err := agent.Ensure(t.Context(), opts)
	must(t, err)
	client.Close()
	ctx, cancel := context.WithCancel(t.Context())
	reports := make(chan error, 16)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		agent.KeepLooking(ctx, opts, time.Hour, func(err error) { reports <- err })
	}()
	t.Cleanup(func() {
		cancel()
		<-kept
		f.endAgent()
	})
	must(t, <-reports)
	info, err := f.Info(t.Context())
	must(t, err)
	must(t, syscall.Kill(info.PID, syscall.SIGKILL))
	await(t, "another agent", func() (bool, string) {
		again, err := f.Info(t.Context())
		return err == nil && again.PID != info.PID, ""
	})
}
