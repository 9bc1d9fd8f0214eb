package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/artifact"
	"github.com/lockstep-dev/lockstep/internal/load"
	"github.com/lockstep-dev/lockstep/internal/sandbox"
)

// stage is a server with a large project in it.
type stage struct {
	o     options
	dir   string
	box   *sandbox.Sandbox
	c     *client.Client
	users *load.Run
}

func open(ctx context.Context, o options) (s *stage, err error) {
	dir, err := os.MkdirTemp("", "lsd-")
	if err != nil {
		return nil, err
	}
	s = &stage{o: o, dir: dir}
	s.box, err = sandbox.Start(ctx, sandbox.Options{Binary: o.binary, Dir: dir})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.fill(ctx); err != nil {
		s.close(ctx)
		return nil, err
	}
	return s, nil
}

func (s *stage) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if s.users != nil {
		s.users.Stop()
	}
	if err := errors.Join(s.box.Stop(ctx), os.RemoveAll(s.dir)); err != nil {
		fmt.Fprintln(os.Stderr, "clean up:", err)
	}
}

// fill makes the project, its releases, deployments and lines of logs.
func (s *stage) fill(ctx context.Context) (err error) {
	if s.c, err = s.box.Client(); err != nil {
		return err
	}
	matrix := matrixOf(s.o.environments)
	planned, err := s.c.PlanMatrix(ctx, matrix)
	if err != nil {
		return err
	}
	if _, err := s.c.ApplyMatrix(ctx, matrix, client.ApplyOptions{Version: planned.Version}); err != nil {
		return err
	}
	for version, build := range map[string]string{"1.0.0": "good", "1.1.0": "good", "1.2.0": "broken-api"} {
		if err := s.release(ctx, version, build); err != nil {
			return err
		}
	}
	if err := s.deployAll(ctx); err != nil {
		return err
	}
	if err := s.write(ctx); err != nil {
		return err
	}
	// Somebody uses it all the while, so that the logs that are looked at go on.
	s.users = load.Start(ctx, load.Target{Addr: s.box.Edge(), Host: "production.sunday.localhost"}, load.Options{
		Rate: 10, NewConnections: -1, Mix: load.Mix{Get: 1}, GetPaths: []string{"/api/version"},
	})
	return nil
}

// stages are deployed to first; production is the one with the logs.
var stages = []string{"development", "staging", "production"}

// matrixOf has a pipeline, testing environments, customers' own ones, and a
// preview for each of many changes.
func matrixOf(environments int) []byte {
	var b strings.Builder
	b.WriteString(`project: sunday
pipeline: [development, staging, production]
services:
  backend:
    artifact: backend
    command: [./backend, --port, "{{port}}"]
    routes: [/api, /version]
    replicas: 1
    env: {SUNDAY_VERSION: "{{version}}", LOG_LEVEL: info}
    health: {path: /health, interval: 5s}
    validate: [/api/version, /api/orders]
environments:
`)
	for _, name := range stages {
		fmt.Fprintf(&b, "  %s: {strategy: {primary: recreate, stableFor: 100ms}}\n", name)
	}
	for i := range environments - len(stages) {
		fmt.Fprintf(&b, "  %s\n", rest(i))
	}
	return []byte(b.String())
}

// rest is one environment outside the pipeline, as a line of the matrix.
func rest(i int) string {
	const strategy = "strategy: {primary: recreate, stableFor: 100ms}"
	regions := []string{"us-east-1", "us-west-2", "eu-central-1", "ap-southeast-1"}
	region := "regions: {primary: " + regions[i%len(regions)] + "}"
	switch {
	case i%10 < 5:
		return fmt.Sprintf("%s: {type: preview, %s}", name(i), strategy)
	case i%10 < 8:
		return fmt.Sprintf("%s: {type: testing, %s, %s}", name(i), region, strategy)
	default:
		return fmt.Sprintf("%s: {type: custom, %s, %s}", name(i), region, strategy)
	}
}

func name(i int) string {
	switch {
	case i%10 < 5:
		return fmt.Sprintf("preview-%04d", i)
	case i%10 < 8:
		return fmt.Sprintf("testing-%04d", i)
	default:
		return fmt.Sprintf("customer-%04d", i)
	}
}

func (s *stage) release(ctx context.Context, version, build string) error {
	f, digest, err := artifact.Spool(ctx, filepath.Join(s.o.apps, build, "backend"))
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // read only from here on
	if err := s.c.Upload(ctx, digest, f, nil); err != nil {
		return err
	}
	_, err = s.c.CreateRelease(ctx, client.NewRelease{Version: version, Notes: "of " + version, Artifacts: map[string]string{"backend": digest}})
	return err
}

// deployAll gives the first environments something that runs, a few at once;
// one in twenty gets a release that fails, after one that did not.
func (s *stage) deployAll(ctx context.Context) error {
	type job struct{ environment, version string }
	jobs := make(chan job)
	var wg sync.WaitGroup
	var failed errs
	for range 4 {
		wg.Go(func() {
			for j := range jobs {
				failed.add(s.deploy(ctx, j.environment, j.version, lockstep.StatusCompleted))
			}
		})
	}
	for i, environment := range stages {
		jobs <- job{environment, fmt.Sprintf("1.%d.0", min(1, 2-i))}
	}
	for i := range s.o.running - len(stages) {
		jobs <- job{name(i), fmt.Sprintf("1.%d.0", i%2)}
	}
	close(jobs)
	wg.Wait()
	for i := 0; i < s.o.running-len(stages); i += 20 {
		failed.add(s.deploy(ctx, name(i), "1.2.0", ""))
	}
	return failed.all()
}

// deploy waits for the end of a deployment, and for the end that is wanted
// where one is.
func (s *stage) deploy(ctx context.Context, environment, version string, wanted lockstep.OperationStatus) error {
	d, err := s.c.Deploy(ctx, environment, lockstep.DeploymentRequest{Version: version}, client.DeployOptions{})
	if err == nil && d.Status == lockstep.StatusPendingApproval {
		d, err = s.c.Approve(ctx, d.ID, "to be measured")
	}
	if err != nil {
		return err
	}
	err = s.c.Events(ctx, 0, client.EventFilter{Operation: d.ID}, nil, func(ev lockstep.Event) bool {
		return ev.Type != lockstep.EventOperationFinished
	})
	if err != nil || wanted == "" {
		return err
	}
	if d, err = s.c.Deployment(ctx, d.ID); err == nil && d.Status != wanted {
		err = fmt.Errorf("%s to %s ended %s: %+v", version, environment, d.Status, d.Error)
	}
	return err
}

// write has production write a line for each of many requests.
func (s *stage) write(ctx context.Context) error {
	var left atomic.Int64
	left.Store(int64(s.o.lines))
	var wg sync.WaitGroup
	var failed errs
	for range 4 {
		wg.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				if err := s.get(ctx, "production", "/api/version"); err != nil {
					failed.add(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(failed.all(), ctx.Err())
}

func (s *stage) get(ctx context.Context, environment, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.box.Edge()+path, nil)
	if err != nil {
		return err
	}
	req.Host = environment + ".sunday.localhost"
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s of %s: %s", path, environment, res.Status)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

// errs are those of several goroutines.
type errs struct {
	mu   sync.Mutex
	errs []error
}

func (e *errs) add(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err != nil {
		e.errs = append(e.errs, err)
	}
}

func (e *errs) all() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return errors.Join(e.errs...)
}
