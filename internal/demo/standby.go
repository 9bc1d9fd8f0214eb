package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// live is the field of the project's live address, which switches move.
const live = "live"

// recipeRelease brings a release into standby by the recipe that the matrix
// has for it, and says the word that it waits for.
func (d *day) recipeRelease(ctx context.Context) error {
	d.say.line("  Standby gets the release that production has first.")
	if err := d.deploy(ctx, ask{env: "standby", version: careful, want: expected, during: d.giveWord}); err != nil {
		return err
	}
	if err := d.load(ctx, "standby"); err != nil {
		return err
	}
	if err := d.release(ctx, word, "good"); err != nil {
		return err
	}
	if err := d.deploy(ctx, ask{env: "standby", version: word, want: expected, during: d.giveWord}); err != nil {
		return err
	}
	outputs, err := d.client.Outputs(ctx, d.rows[len(d.rows)-1].deployment.ID)
	for _, o := range outputs {
		d.say.line("      %s", d.say.dim(o.Step+": "+strings.TrimSpace(o.Text)))
	}
	return err
}

// giveWord approves the step at which a deployment waits.
func (d *day) giveWord(ctx context.Context, id string) error {
	var waits *lockstep.Step
	err := d.client.Events(ctx, 0, client.EventFilter{Operation: id}, nil, func(ev lockstep.Event) bool {
		if ev.Type == lockstep.EventOperationFinished {
			return false
		}
		if op, err := d.client.Operation(ctx, id); err == nil {
			waits = op.Waiting(lockstep.StepApprove)
		}
		return waits == nil
	})
	if err != nil || waits == nil {
		return err // one that ended without waiting is judged by how it ended
	}
	d.say.line("  It waits: %q They do.", waits.Do.Message)
	_, err = d.client.ApproveStep(ctx, id, waits.Seq, "they do")
	return err
}

// scheduledRelease settles and approves a deployment before its time.
func (d *day) scheduledRelease(ctx context.Context) error {
	at := time.Now().Add(3 * time.Second)
	dep, err := d.client.Deploy(ctx, "production", lockstep.DeploymentRequest{
		Version: word, Description: "the demo", Timing: lockstep.Timing{ScheduledFor: &at},
	}, client.DeployOptions{})
	if err != nil {
		return err
	}
	if dep, err = d.client.Approve(ctx, dep.ID, "approved by the demo, before its time"); err != nil {
		return err
	}
	d.say.line("  %s to production is %s, for %s.", word, dep.Status, at.Format("15:04:05"))
	if err := d.see(ctx, ask{env: "production", version: word, want: expected}, dep); err != nil {
		return err
	}
	last := d.rows[len(d.rows)-1].deployment
	if last.StartedAt == nil || last.StartedAt.Before(at) {
		return lockstep.Errorf(lockstep.CodeInternal, "deployment %s began before its time", dep.ID)
	}
	return nil
}

// switchOver rehearses a switch, leads the users of the live address to
// standby, and back to production.
func (d *day) switchOver(ctx context.Context) error {
	d.fields = append(d.fields, d.under(ctx, live, "sunday.localhost"))
	d.say.line("  The live address is under load now, too.")
	for _, to := range []struct {
		env   string
		drill bool
	}{{"standby", true}, {"standby", false}, {"production", false}} {
		if err := d.moveLive(ctx, to.env, to.drill); err != nil {
			return err
		}
		if err := wait(ctx, 500*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func (d *day) moveLive(ctx context.Context, env string, drill bool) error {
	window := d.window(live)
	op, err := d.client.Switch(ctx, lockstep.EnvironmentSwitchOptions{TargetEnvironmentID: env, Drill: drill, Reason: "the demo"}, client.ChangeOptions{})
	if err != nil {
		return err
	}
	if err := d.finished(ctx, op.ID); err != nil {
		return err
	}
	result, err := d.client.SwitchResult(ctx, op.ID)
	if err != nil {
		return err
	}
	current, err := d.client.Live(ctx)
	if err != nil {
		return err
	}
	if result.Status != lockstep.SwitchCompleted {
		return lockstep.Errorf(lockstep.CodeFailed, "the switch to %s ended %s: %s", env, result.Status, result.Error)
	}
	seen := window.Report()
	what := fmt.Sprintf("%s has the users", env)
	if drill {
		what = fmt.Sprintf("a drill: %s could have them, %s keeps them", env, current.Environment.Name)
	} else {
		d.switches++
	}
	d.say.line("  %s %s after %s; %d requests served, %d failed", d.say.paint("2", "✓"), what, round(result.Duration.Std()), seen.OK, seen.Failed)
	return nil
}
