package demo

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/artifact"
)

// release packs, uploads and creates a release whose backend is the named build.
func (d *day) release(ctx context.Context, version, build string) error {
	backend, err := d.upload(ctx, filepath.Join(d.opts.Apps, build, "backend"))
	if err != nil {
		return err
	}
	frontend, err := d.upload(ctx, filepath.Join(d.opts.Apps, "frontend", "frontend"))
	if err != nil {
		return err
	}
	_, err = d.client.CreateRelease(ctx, client.NewRelease{
		Version: version, Notes: "the demo's " + build + " build",
		Artifacts: map[string]string{"backend": backend, "frontend": frontend},
	})
	return err
}

func (d *day) upload(ctx context.Context, path string) (digest string, err error) {
	f, digest, err := artifact.Spool(ctx, path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // read only from here on
	return digest, d.client.Upload(ctx, digest, f, nil)
}

// ask is a deployment that the day wants, and how it has to end.
type ask struct {
	env, version string
	strategy     lockstep.Strategy // "": the matrix's
	want         lockstep.OperationStatus
	during       func(ctx context.Context, id string) error
}

func (d *day) deploy(ctx context.Context, a ask) error {
	req := lockstep.DeploymentRequest{Version: a.version, Strategy: a.strategy, Description: "the demo"}
	dep, err := d.client.Deploy(ctx, a.env, req, client.DeployOptions{})
	if err != nil {
		return err
	}
	if dep.Status == lockstep.StatusPendingApproval {
		if dep, err = d.client.Approve(ctx, dep.ID, "approved by the demo"); err != nil {
			return err
		}
	}
	return d.see(ctx, a, dep)
}

func (d *day) rollback(ctx context.Context, env, id string) error {
	dep, err := d.client.Rollback(ctx, id, client.RollbackRequest{Description: "the demo"})
	if err != nil {
		return err
	}
	return d.see(ctx, ask{env: env, version: dep.Version, want: lockstep.StatusCompleted}, dep)
}

// see follows a deployment to its end and notes what users saw meanwhile.
func (d *day) see(ctx context.Context, a ask, dep lockstep.Deployment) error {
	window := d.window(a.env)
	if a.during != nil {
		if err := a.during(ctx, dep.ID); err != nil {
			return err
		}
	}
	dep, err := d.await(ctx, dep.ID)
	if err != nil {
		return err
	}
	r := row{deployment: dep, want: a.want, rollback: dep.RollbackOf != ""}
	if window != nil {
		report := window.Report()
		r.load = &report
		held, err := d.held(ctx, a.env)
		if err != nil {
			return err
		}
		r.held = held
	}
	d.rows = append(d.rows, r)
	d.say.deployed(r)
	return nil
}

// await reads the deployment's events until it has ended, over restarts of the server.
func (d *day) await(ctx context.Context, id string) (lockstep.Deployment, error) {
	if err := d.finished(ctx, id); err != nil {
		return lockstep.Deployment{}, err
	}
	return d.client.Deployment(ctx, id)
}

func (d *day) finished(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	err := d.client.Events(ctx, 0, client.EventFilter{Operation: id}, nil, func(ev lockstep.Event) bool {
		return ev.Type != lockstep.EventOperationFinished
	})
	if err != nil {
		return fmt.Errorf("operation %s did not end: %w", id, err)
	}
	return nil
}
