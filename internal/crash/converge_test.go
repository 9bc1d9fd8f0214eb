package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
	"github.com/lockstep-dev/lockstep/internal/artifact"
	"github.com/lockstep-dev/lockstep/internal/suite/binaries"
)

const (
	convergingEnvironments = 200
	convergingAtOnce       = 8
)

// convergingMatrix has many environments of all kinds. In every tenth a hook
// fails; in every other tenth the release never gets healthy.
func convergingMatrix() []byte {
	var b strings.Builder
	b.WriteString(`
project: many
services:
  backend:
    artifact: backend
    command: [./run, --port, "{{port}}"]
    routes: [/api]
    health: {path: /health, interval: 100ms, startTimeout: 2s}
    resources: {memory: 512Mi}
  side:
    artifact: side
    command: [./run, --port, "{{port}}"]
    health: {path: /health, interval: 100ms, startTimeout: 20s}
environments:
`)
	strategies := []string{"recreate", "blue_green", "rolling"}
	for n := range convergingEnvironments {
		fmt.Fprintf(&b, "  env-%d:\n    strategy: {primary: %s, warmFor: 10m, stableFor: 50ms, drainTimeout: 1s}\n", n, strategies[n%len(strategies)])
		switch {
		case n%10 == failsInHook:
			b.WriteString("    hooks: [{name: migrate, stage: pre-deployment, run: [sh, -c, 'sleep 0.1; exit 3'], required: true}]\n")
		case n%4 == 0:
			b.WriteString("    hooks: [{name: migrate, stage: pre-deployment, run: [sh, -c, 'sleep 0.1'], required: true}]\n")
		}
	}
	return []byte(b.String())
}

// Of ten environments these fail.
const failsInHook, failsToStart = 7, 3

func injected(n int) bool { return n%10 == failsInHook || n%10 == failsToStart }

// converging is what came of it.
type converging struct {
	built    string // where the example's builds are
	mu       sync.Mutex
	made     map[lockstep.LedgerKind]int64
	failed   int // deployments, as injected
	again    int // environments whose destruction took more than one try
	server   int // kills
	agent    int
	finished int
	progress chan struct{} // marksOfALife of each environment
}

// An environment's life makes progress so often: deployment asked for, ended;
// destruction ended.
const marksOfALife = 3

func (c *converging) mark() { c.progress <- struct{}{} }

// TestCrashManyEnvironmentsConvergeToNothing makes and destroys 200
// environments of the real thing while a fifth of their deployments fail and
// server and agent are killed all the time. What a ledger says of each, and
// what is found on the machine, is nothing in the end. LOCKSTEP_SEED repeats
// the kills.
func TestCrashManyEnvironmentsConvergeToNothing(t *testing.T) {
	suiteOnly(t)
	random := rand.New(rand.NewPCG(seed(t), 200))
	f := emptyField(t, "")
	ctx, began := t.Context(), time.Now()
	f.apply(convergingMatrix())
	sum := &converging{
		built: filepath.Join(binaries.Dir(t), "sunday"), made: map[lockstep.LedgerKind]int64{},
		progress: make(chan struct{}, marksOfALife*convergingEnvironments),
	}
	shared := f.script(ctx, "shared", filepath.Join(sum.built, "good", "backend"))

	var killer, workers sync.WaitGroup
	killer.Go(func() { f.killAlways(ctx, random, sum) })
	next := make(chan int)
	for range convergingAtOnce {
		workers.Go(func() {
			for n := range next {
				f.comeAndGo(ctx, n, shared, sum)
			}
		})
	}
	for n := range convergingEnvironments {
		next <- n
	}
	close(next)
	workers.Wait()
	close(sum.progress)
	killer.Wait()

	t.Logf("%d environments in %s: %d kills of the server, %d of the agent, %d deployments failed, %d environments took more than one destroy; made and removed: %v",
		sum.finished, time.Since(began).Round(time.Second), sum.server, sum.agent, sum.failed, sum.again, sum.made)
	if sum.finished != convergingEnvironments || sum.failed != convergingEnvironments/5 || sum.server < 15 || sum.agent < 4 {
		t.Errorf("too little happened: %+v", sum)
	}
	f.nothingIsLeft(ctx)
	f.oneStartForEachKey()
	if err := f.box.Stop(ctx); err != nil {
		t.Fatalf("stop: %v", err)
	}
	f.storeIsSound(ctx)
	f.nothingRuns()
}

// comeAndGo is the life of one environment.
func (f *field) comeAndGo(ctx context.Context, n int, shared string, sum *converging) {
	f.t.Helper()
	build := "good"
	if n%10 == failsToStart {
		build = "never-healthy"
	}
	own := f.script(ctx, fmt.Sprint("of env-", n), filepath.Join(sum.built, build, "backend"))
	c, env, version := f.client(), fmt.Sprint("env-", n), fmt.Sprint("1.0.", n)
	f.retry(ctx, "create release "+version, func() error {
		_, err := c.CreateRelease(ctx, client.NewRelease{Version: version, Artifacts: map[string]string{"backend": own, "side": shared}})
		if lockstep.CodeOf(err) == lockstep.CodeConflict {
			return nil // an answer that was lost
		}
		return err
	})
	var asked, d lockstep.Deployment
	f.retry(ctx, "deploy to "+env, func() (err error) {
		asked, err = c.Deploy(ctx, env, lockstep.DeploymentRequest{Version: version}, client.DeployOptions{IdempotencyKey: env})
		return err
	})
	sum.mark()
	f.retry(ctx, "the end of the deployment to "+env, func() (err error) {
		if d, err = c.Deployment(ctx, asked.ID); err == nil && !d.Status.Done() {
			return errNotYet
		}
		return err
	})
	if (d.Status != lockstep.StatusCompleted) != injected(n) {
		f.t.Errorf("the deployment to %s ended %s: %v", env, d.Status, d.Error)
	}
	sum.mark()
	op, tries := f.destroyed(ctx, c, env)
	sum.mark()
	sum.mu.Lock()
	defer sum.mu.Unlock()
	sum.finished++
	if injected(n) {
		sum.failed++
	}
	if tries > 1 {
		sum.again++
	}
	var ledger lockstep.Ledger
	for _, s := range op.Steps {
		if s.Ledger != nil {
			ledger = s.Ledger
		}
	}
	if len(ledger) == 0 || len(ledger.Left()) > 0 {
		f.t.Errorf("the ledger of %s: %v", env, ledger)
	}
	for _, e := range ledger {
		sum.made[e.Kind] += e.Made
	}
}

// destroyed destroys an environment, again where that fails.
func (f *field) destroyed(ctx context.Context, c *client.Client, env string) (op lockstep.Operation, tries int) {
	f.t.Helper()
	var there lockstep.Environment
	f.retry(ctx, "read "+env, func() (err error) { there, err = c.Environment(ctx, env); return err })
	for tries = 1; tries <= 20; tries++ {
		var asked lockstep.Operation
		f.retry(ctx, "destroy "+env, func() (err error) {
			asked, err = c.Destroy(ctx, env)
			if code := lockstep.CodeOf(err); code != lockstep.CodeNotFound && code != lockstep.CodeConflict {
				return err
			}
			asked, err = lastDestroy(ctx, c, there.ID) // an answer that was lost
			return err
		})
		f.retry(ctx, "the end of "+env, func() (err error) {
			if op, err = c.Operation(ctx, asked.ID); err == nil && !op.Status.Done() {
				return errNotYet
			}
			return err
		})
		if op.Status == lockstep.StatusCompleted {
			return op, tries
		}
	}
	f.t.Errorf("%s cannot be destroyed: %v", env, op.Error)
	return op, tries
}

func lastDestroy(ctx context.Context, c *client.Client, env string) (lockstep.Operation, error) {
	all, err := c.Operations(ctx, env)
	for _, op := range all {
		if op.Kind == lockstep.OperationDestroy {
			return op, nil
		}
	}
	if err == nil {
		err = errNotYet
	}
	return lockstep.Operation{}, err
}

// script uploads an artifact of its own content that runs a program.
func (f *field) script(ctx context.Context, content, program string) (digest string) {
	f.t.Helper()
	dir, err := os.MkdirTemp(f.t.TempDir(), "script-")
	if err != nil {
		f.t.Fatal(err)
	}
	text := fmt.Sprintf("#!/bin/sh\n# %s\nexec %s \"$@\"\n", content, program)
	if err := os.WriteFile(filepath.Join(dir, "run"), []byte(text), 0o755); err != nil { //nolint:gosec // a program
		f.t.Fatal(err)
	}
	c := f.client()
	f.retry(ctx, "upload "+content, func() error {
		file, made, err := artifact.Spool(ctx, dir)
		if err != nil {
			return err
		}
		defer file.Close() //nolint:errcheck // read only from here on
		digest = made
		return c.Upload(ctx, digest, file, nil)
	})
	return digest
}

// killAlways kills the server, and three times of ten the agent, after every
// 8 to 24 marks of progress and a moment: how often follows from what is done,
// and not from how fast this machine does it.
func (f *field) killAlways(ctx context.Context, random *rand.Rand, sum *converging) {
	for kills := 0; ; kills++ {
		for range 8 + random.IntN(17) {
			if _, more := <-sum.progress; !more {
				return
			}
		}
		moment := time.NewTimer(time.Duration(random.IntN(100)) * time.Millisecond)
		<-moment.C
		if kills%10 != 2 && kills%10 != 5 && kills%10 != 8 {
			f.killServer(ctx)
			sum.server++
			continue
		}
		before := f.box.AgentPID(ctx)
		if err := f.box.KillAgent(ctx); err != nil {
			f.t.Errorf("kill the agent: %v", err)
		}
		f.retry(ctx, "the agent's return", func() error {
			if pid := f.box.AgentPID(ctx); pid == 0 || pid == before {
				return errNotYet
			}
			return nil
		})
		sum.agent++
	}
}

// nothingIsLeft looks at the machine: at the agent's directory and sockets, at
// processes and cgroups.
func (f *field) nothingIsLeft(ctx context.Context) {
	f.t.Helper()
	c := f.client()
	left, err := c.Environments(ctx, client.Page{})
	if err != nil || len(left.Items) > 0 {
		f.t.Errorf("%d environments are left, %v", len(left.Items), err)
	}
	agent := wire.NewClient(filepath.Join(f.box.Dir(), "agent"))
	defer agent.Close()
	info, err := agent.Info(ctx)
	if err != nil || len(info.Ports) > 0 || info.Instances > 0 {
		f.t.Errorf("the agent has %d environments and %d instances, %v", len(info.Ports), info.Instances, err)
	}
	if n := f.listening(ctx); n > 1 { // the edge
		f.t.Errorf("the agent listens at %d addresses", n)
	}
	for _, name := range []string{"artifacts", "incoming", "jobs", "logs", "scratch"} {
		entries, err := os.ReadDir(filepath.Join(f.box.Dir(), "agent", name))
		if err != nil && !os.IsNotExist(err) {
			f.t.Error(err)
		}
		for _, e := range entries {
			f.t.Errorf("%s is left in %s", e.Name(), name)
		}
	}
	for _, group := range f.cgroups() {
		f.t.Errorf("the cgroup %s is left", group)
	}
	for _, pid := range f.inDir() {
		if pid != fmt.Sprint(f.box.ServerPID()) && pid != fmt.Sprint(info.PID) {
			f.t.Errorf("process %s is left", pid)
		}
	}
}
