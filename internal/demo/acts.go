package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/examples/sunday"
)

// The releases of the day.
const (
	first    = "2.0.0"
	better   = "2.1.0"
	sick     = "2.2.0" // never gets healthy
	broken   = "2.3.0" // healthy, and its API answers 500
	through  = "2.4.0" // deployed while the server dies
	slow     = "2.5.0" // nothing fails, everything takes longer
	careful  = "2.6.0" // goes out as a canary
	word     = "2.7.0" // waits for somebody's word, and for its time
	yours    = "2.8.0" // made when the day is over, for whoever watched it
	control  = "the control"
	expected = lockstep.StatusCompleted
)

func (d *day) play(ctx context.Context) error {
	if err := d.apply(ctx); err != nil {
		return err
	}
	for _, act := range []struct {
		title string
		run   func(context.Context) error
	}{
		{"Release " + first + " goes through the pipeline", d.firstRelease},
		{"Release " + better + " follows, under load", d.betterRelease},
		{"Release " + sick + " never gets healthy", d.sickRelease},
		{"Release " + broken + " is healthy, and its API is broken", d.brokenRelease},
		{"Release " + through + " goes out while the server is killed", d.throughDeath},
		{"Somebody wants " + better + " back", d.byHand},
		{"Release " + slow + " is slow: a canary notices", d.slowRelease},
		{"Release " + careful + " goes out as a canary", d.carefulRelease},
		{"Release " + word + " follows a recipe: hooks, a fifth of the requests, somebody's word", d.recipeRelease},
		{"Release " + word + " is approved now and goes out at its time", d.scheduledRelease},
		{"Standby takes the users over, and gives them back", d.switchOver},
		{"The control: an instance is killed without draining", d.controlPhase},
	} {
		d.say.act(act.title)
		if err := act.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", act.title, err)
		}
	}
	return nil
}

func (d *day) apply(ctx context.Context) error {
	planned, err := d.client.PlanMatrix(ctx, sunday.Matrix)
	if err != nil {
		return err
	}
	if _, err := d.client.ApplyMatrix(ctx, sunday.Matrix, client.ApplyOptions{Version: planned.Version}); err != nil {
		return err
	}
	d.say.line("examples/sunday/environment-matrix.yaml is applied: development, staging, production and a stand-by.")
	return nil
}

func (d *day) firstRelease(ctx context.Context) error {
	if err := d.release(ctx, first, "good"); err != nil {
		return err
	}
	for _, env := range []string{"development", "staging", "production"} {
		if err := d.deploy(ctx, ask{env: env, version: first, want: expected}); err != nil {
			return err
		}
		if err := d.load(ctx, env); err != nil {
			return err
		}
	}
	return nil
}

func (d *day) betterRelease(ctx context.Context) error {
	if err := d.release(ctx, better, "good"); err != nil {
		return err
	}
	for _, env := range []string{"development", "staging", "production"} {
		if err := d.deploy(ctx, ask{env: env, version: better, want: expected}); err != nil {
			return err
		}
	}
	return nil
}

func (d *day) sickRelease(ctx context.Context) error {
	if err := d.release(ctx, sick, "never-healthy"); err != nil {
		return err
	}
	return d.deploy(ctx, ask{env: "staging", version: sick, want: lockstep.StatusRolledBack})
}

func (d *day) brokenRelease(ctx context.Context) error {
	if err := d.release(ctx, broken, "broken-api"); err != nil {
		return err
	}
	return d.deploy(ctx, ask{env: "production", version: broken, want: lockstep.StatusRolledBack})
}

// throughDeath kills the server three times while a deployment runs.
func (d *day) throughDeath(ctx context.Context) error {
	if err := d.release(ctx, through, "good"); err != nil {
		return err
	}
	return d.deploy(ctx, ask{env: "production", version: through, want: expected, during: func(ctx context.Context, id string) error {
		for _, pause := range []time.Duration{150 * time.Millisecond, 700 * time.Millisecond, 1500 * time.Millisecond} {
			if err := wait(ctx, pause); err != nil {
				return err
			}
			if err := d.killServer(ctx); err != nil {
				return err
			}
			if op, err := d.client.Operation(ctx, id); err != nil || op.Status.Done() {
				return err
			}
		}
		return nil
	}})
}

func (d *day) byHand(ctx context.Context) error {
	env, err := d.client.Environment(ctx, "production")
	if err != nil {
		return err
	}
	last := env.Metadata.LastDeployment
	if last == nil {
		return lockstep.Errorf(lockstep.CodeNotFound, "production has no deployment to take back")
	}
	return d.rollback(ctx, "production", last.DeploymentID)
}

func (d *day) slowRelease(ctx context.Context) error {
	if err := d.release(ctx, slow, "slow-api"); err != nil {
		return err
	}
	return d.deploy(ctx, ask{env: "production", version: slow, strategy: lockstep.StrategyCanary, want: lockstep.StatusRolledBack})
}

func (d *day) carefulRelease(ctx context.Context) error {
	if err := d.release(ctx, careful, "good"); err != nil {
		return err
	}
	return d.deploy(ctx, ask{env: "production", version: careful, strategy: lockstep.StrategyCanary, want: expected})
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
