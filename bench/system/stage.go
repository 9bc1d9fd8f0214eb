package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/artifact"
	"github.com/lockstep-dev/lockstep/internal/sandbox"
)

// stableFor is the validation window asked for: twice a deployment, before
// and after traffic moves. It is not overhead, and is taken off.
const stableFor = 200 * time.Millisecond

var matrixText = `
project: sunday
services:
  backend:
    artifact: backend
    command: [./backend, --port, "{{port}}"]
    routes: [/api, /version]
    env: {SUNDAY_VERSION: "{{version}}"}
    health: {path: /health}
    validate: [/api/version]
environments:
  development:
    strategy: {primary: recreate, stableFor: 200ms}
  production:
    strategy: {primary: blue_green, warmFor: 1s, stableFor: 200ms}
  staging:
    strategy: {primary: rolling, stableFor: 200ms}
    services: {backend: {replicas: 2}}
  preview:
    strategy: {primary: canary, weights: [50, 100], pause: 1s, warmFor: 1s, stableFor: 200ms}
  warm:
    strategy: {primary: blue_green, warmFor: 10m, stableFor: 200ms}
`

// stage is a sandbox with the example in it.
type stage struct {
	o       options
	dir     string
	box     *sandbox.Sandbox
	c       *client.Client
	backend string // digest
	serial  int
	started []time.Duration
}

func open(ctx context.Context, o options) (*stage, error) {
	dir, err := os.MkdirTemp("", "lsb-")
	if err != nil {
		return nil, err
	}
	s := &stage{o: o, dir: dir}
	began := time.Now()
	s.box, err = sandbox.Start(ctx, sandbox.Options{Binary: o.binary, Dir: dir})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s.started = append(s.started, time.Since(began))
	for range 4 {
		if err := s.box.KillServer(); err != nil {
			return nil, err
		}
		began := time.Now()
		if err := s.box.StartServer(ctx); err != nil {
			return nil, err
		}
		s.started = append(s.started, time.Since(began))
	}
	if s.c, err = s.box.Client(); err != nil {
		return nil, err
	}
	planned, err := s.c.PlanMatrix(ctx, []byte(matrixText))
	if err != nil {
		return nil, err
	}
	if _, err := s.c.ApplyMatrix(ctx, []byte(matrixText), client.ApplyOptions{Version: planned.Version}); err != nil {
		return nil, err
	}
	s.backend, err = s.upload(ctx, filepath.Join(o.apps, "good", "backend"))
	return s, err
}

func (s *stage) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := errors.Join(s.box.Stop(ctx), os.RemoveAll(s.dir)); err != nil {
		fmt.Fprintln(os.Stderr, "clean up:", err)
	}
}

func (s *stage) upload(ctx context.Context, path string) (string, error) {
	f, digest, err := artifact.Spool(ctx, path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // read only from here on
	return digest, s.c.Upload(ctx, digest, f, nil)
}

// deploy sends a new release into an environment and waits for its end,
// through deaths of the server.
func (s *stage) deploy(ctx context.Context, env string) (lockstep.Deployment, error) {
	s.serial++
	version := fmt.Sprintf("1.0.%d", s.serial)
	err := patiently(ctx, func() error {
		_, err := s.c.CreateRelease(ctx, client.NewRelease{Version: version, Artifacts: map[string]string{"backend": s.backend}})
		if lockstep.CodeOf(err) == lockstep.CodeConflict {
			return nil // an answer that was lost
		}
		return err
	})
	if err != nil {
		return lockstep.Deployment{}, err
	}
	var d lockstep.Deployment
	err = patiently(ctx, func() (err error) {
		d, err = s.c.Deploy(ctx, env, lockstep.DeploymentRequest{Version: version}, client.DeployOptions{IdempotencyKey: env + version})
		return err
	})
	if err != nil {
		return d, err
	}
	return s.end(ctx, d.ID)
}

func (s *stage) end(ctx context.Context, id string) (d lockstep.Deployment, err error) {
	err = s.c.Events(ctx, 0, client.EventFilter{Operation: id}, nil, func(ev lockstep.Event) bool {
		return ev.Type != lockstep.EventOperationFinished
	})
	if err != nil {
		return d, err
	}
	err = patiently(ctx, func() (err error) { d, err = s.c.Deployment(ctx, id); return err })
	if err == nil && d.Status != lockstep.StatusCompleted {
		err = fmt.Errorf("deployment of %s to %s ended %s: %+v", d.Version, d.Environment, d.Status, d.Error)
	}
	return d, err
}

// patiently tries again while the server is away.
func patiently(ctx context.Context, fn func() error) error {
	for deadline := time.Now().Add(30 * time.Second); ; {
		err := fn()
		if err == nil || lockstep.IsTerminal(err) || time.Now().After(deadline) {
			return err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func best(ds []time.Duration) time.Duration { return slices.Min(ds) }

// quantile of ds, which it sorts.
func quantile(ds []time.Duration, q float64) time.Duration {
	slices.Sort(ds)
	return ds[min(len(ds)-1, int(q*float64(len(ds))))]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.0f ms", float64(d.Microseconds())/1000) }
