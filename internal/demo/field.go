package demo

import (
	"context"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/load"
)

// field is an environment under load.
type field struct {
	env   string
	run   *load.Run
	total *load.Report // once stopped
	held  int64        // requests held when the last deployment ended
}

// load begins to send requests to an environment, from outside.
func (d *day) load(ctx context.Context, env string) error {
	d.fields = append(d.fields, d.under(ctx, env, env+".sunday.localhost"))
	d.say.line("  %s is under load now: %d requests a second, half of them on new connections.", env, max(d.opts.Rate, 200))
	return nil
}

// under begins to send requests to a host name.
func (d *day) under(ctx context.Context, name, host string) *field {
	return &field{env: name, run: load.Start(ctx, load.Target{Addr: d.box.Edge(), Host: host}, load.Options{Rate: d.opts.Rate})}
}

func (d *day) field(env string) *field {
	for _, f := range d.fields {
		if f.env == env {
			return f
		}
	}
	return nil
}

func (d *day) window(env string) *load.Window {
	if f := d.field(env); f != nil {
		return f.run.Window()
	}
	return nil
}

// held is how many requests waited since the last deployment of env ended.
func (d *day) held(ctx context.Context, env string) (int64, error) {
	s, err := d.client.Status(ctx, env)
	if err != nil || s.Edge == nil {
		return 0, err
	}
	f := d.field(env)
	since := s.Edge.Held - f.held
	f.held = s.Edge.Held
	return since, nil
}

func (d *day) stopLoads() {
	for _, f := range d.fields {
		if f.total == nil {
			total := f.run.Stop()
			f.total = &total
		}
	}
}

// killServer ends the server as a crash would, and starts it again.
func (d *day) killServer(ctx context.Context) error {
	began := time.Now()
	if err := d.box.KillServer(); err != nil {
		return err
	}
	if err := d.box.StartServer(ctx); err != nil {
		return err
	}
	d.kills++
	away := time.Since(began)
	d.killed = max(d.killed, away)
	d.say.line("  The server was killed (SIGKILL) and is back after %s.", round(away))
	return nil
}

// controlPhase stops the day's load, and under a fresh one kills an instance
// without telling anybody: a load that does not notice proves nothing.
func (d *day) controlPhase(ctx context.Context) error {
	d.stopLoads()
	target := load.Target{Addr: d.box.Edge(), Host: "production.sunday.localhost"}
	run := load.Start(ctx, target, load.Options{Rate: d.opts.Rate})
	if err := wait(ctx, 1500*time.Millisecond); err != nil {
		return err
	}
	s, err := d.client.Status(ctx, "production")
	if err != nil {
		return err
	}
	group, err := serving(s, "backend")
	if err != nil {
		return err
	}
	for _, svc := range s.Services {
		for _, i := range svc.Instances {
			if i.Group == group && i.State == lockstep.InstanceReady && i.PID > 0 {
				if err := syscall.Kill(i.PID, syscall.SIGKILL); err != nil {
					return lockstep.Errorf(lockstep.CodeInternal, "kill instance %s: %w", i.ID, err)
				}
				d.say.line("  Instance %s (pid %d) was killed with requests in flight.", i.ID, i.PID)
				if err := wait(ctx, 1500*time.Millisecond); err != nil {
					return err
				}
				d.noise = run.Stop().Failed
				d.say.line("  %d requests failed: the load notices when something is dropped.", d.noise)
				return nil
			}
		}
	}
	run.Stop()
	return lockstep.Errorf(lockstep.CodeNotFound, "production has no ready backend to kill")
}

// serving is the group of a service that gets requests: another one may be warm.
func serving(s lockstep.StatusReport, service string) (string, error) {
	if s.Revision == nil {
		return "", lockstep.Errorf(lockstep.CodeNotFound, "nothing runs in %s", s.Name)
	}
	groups, err := s.Revision.Content.Groups()
	if err != nil {
		return "", err
	}
	for _, g := range groups {
		if g.Service == service {
			return g.ID, nil
		}
	}
	return "", lockstep.Errorf(lockstep.CodeNotFound, "%s has no service %s", s.Name, service)
}
