package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/schedule"
)

// fire does what schedules ask for whose time has come, and says when the
// next one's comes (zero: never). What one of them cannot do now does not
// keep the others from it.
func (c *Control) fire(ctx context.Context) (next time.Time, err error) {
	var due []lockstep.Schedule
	look := func(tx Tx) (err error) {
		due, next, err = tx.DueSchedules(c.now())
		return err
	}
	if err := c.store.View(ctx, look); err != nil {
		return next, err
	}
	var failed []error
	for _, s := range due {
		if err := c.fireOne(ctx, s); err != nil {
			failed = append(failed, fmt.Errorf("schedule %s: %w", s.Name, err))
		}
	}
	if len(due) > 0 {
		c.wake()
		if err := c.store.View(ctx, look); err != nil {
			return next, err
		}
	}
	return next, errors.Join(failed...)
}

// fireOne makes a schedule's deployment, or says why not, in the transaction
// that notes the firing: whatever dies, and whoever else tries, it is once.
func (c *Control) fireOne(ctx context.Context, s lockstep.Schedule) error {
	var l looked
	if s.Promote {
		l = c.look(ctx, "", s.EnvironmentID, s.From)
	}
	err := c.store.Update(ctx, func(tx Tx) error {
		return c.firing(tx, s.ID, func(s lockstep.Schedule, f *lockstep.Firing) error { return c.deployFor(tx, s, f, l) })
	})
	if !lockstep.IsTerminal(err) {
		return err
	}
	// What was refused after something was written is told in another one.
	return c.store.Update(ctx, func(tx Tx) error {
		return c.firing(tx, s.ID, func(_ lockstep.Schedule, f *lockstep.Firing) error {
			f.Outcome, f.Reason = lockstep.FiringSkipped, err.Error()
			return nil
		})
	})
}

// firing settles what a schedule does now and moves it to its next time. Of
// several times that went by it is the last.
func (c *Control) firing(tx Tx, id string, deploy func(lockstep.Schedule, *lockstep.Firing) error) error {
	s, err := tx.Schedule("", id)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return nil // deleted meanwhile
	}
	now := c.now()
	if err != nil || s.NextAt == nil || s.NextAt.After(now) {
		return err // or done by another server
	}
	f := lockstep.Firing{ScheduleID: s.ID, Instant: *s.NextAt, At: now}
	rule, err := schedule.Parse(s.Rule, s.TimeZone)
	var left time.Time
	switch {
	case err != nil: // it was right when it was written; zones change
		s.Paused = true
		f.Outcome, f.Reason = lockstep.FiringSkipped, "the schedule is paused: "+err.Error()
	default:
		if last := rule.Last(f.Instant, now); !last.IsZero() {
			left, f.Instant = f.Instant, last.UTC()
		}
		late := now.Sub(f.Instant)
		if late > s.Grace.Std() && s.IfMissed != lockstep.MissedRun {
			f.Outcome, f.Reason = lockstep.FiringMissed, fmt.Sprintf("nobody was there in time: it is %s late", late.Round(time.Second))
		} else if err := deploy(s, &f); err != nil {
			return err
		}
	}
	if !left.IsZero() {
		f.Reason = joined(f.Reason, "what was due from "+left.Format("2006-01-02 15:04 UTC")+" on, before this, was missed")
	}
	s.NextAt = nil
	if next := rule.Next(now); !s.Paused && !next.IsZero() {
		next = next.UTC()
		s.NextAt = &next
	}
	s.UpdatedAt = now
	if err := tx.PutSchedule(s); err != nil {
		return err
	}
	if err := tx.AddFiring(f); err != nil {
		return err
	}
	data := map[string]any{"name": s.Name, "instant": f.Instant, "outcome": f.Outcome}
	if f.Reason != "" {
		data["reason"] = f.Reason
	}
	return c.event(tx, lockstep.EventScheduleFired, s.ProjectID, s.EnvironmentID, f.DeploymentID, By{Actor: s.Actor()}, data)
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// deployFor makes the deployment of a firing, where there is something to do.
// What stands in the way is no error: it is what the firing tells.
func (c *Control) deployFor(tx Tx, s lockstep.Schedule, f *lockstep.Firing, l looked) error {
	by := By{Actor: s.Actor()}
	d, err := c.draftFor(tx, by, s, l)
	switch {
	case lockstep.IsTerminal(err):
		f.Outcome, f.Reason = lockstep.FiringSkipped, err.Error()
		return nil
	case err != nil:
		return err
	case !d.answer.Allowed:
		f.Outcome, f.Reason = lockstep.FiringSkipped, d.answer.String()
		return nil
	}
	nothing, err := redundant(tx, d)
	if err != nil || nothing != "" {
		f.Outcome, f.Reason = lockstep.FiringSkipped, nothing
		return err
	}
	timing := lockstep.Timing{ScheduledFor: &f.Instant, IfMissed: s.IfMissed, Grace: s.Grace}
	d.deployment.ScheduledFor, d.deployment.NotAfter = timing.Bounds()
	if err := c.supersede(tx, by, d); err != nil {
		return err
	}
	made, err := c.record(tx, by, d)
	f.Outcome, f.DeploymentID = lockstep.FiringDeployed, made.ID
	return err
}

func (c *Control) draftFor(tx Tx, by By, s lockstep.Schedule, l looked) (draft, error) {
	if s.Promote {
		return c.draftPromotion(tx, by, "", s.EnvironmentID, lockstep.PromotionRequest{
			From: s.From, Strategy: s.Strategy, Description: s.Description, WithConfig: s.WithConfig,
		}, l)
	}
	env, err := tx.Environment("", s.EnvironmentID)
	if err != nil {
		return draft{}, err
	}
	return c.draft(tx, by, env, lockstep.DeploymentRequest{
		Version: s.Release, Strategy: s.Strategy, Description: s.Description, WithConfig: s.WithConfig,
	})
}

// redundant says why a draft would change nothing, or what nobody asked for:
// what it brings runs, or is on its way; the environment was stopped. Of an
// environment that has failed nobody knows what runs.
func redundant(tx Tx, d draft) (string, error) {
	if d.env.StoppedAt != nil {
		return d.env.Name + " is stopped", nil
	}
	if id := d.env.ServingID(); id != "" && d.env.Status != lockstep.EnvironmentFailed {
		active, err := tx.Revision(id)
		if err != nil {
			return "", err
		}
		if active.Hash == d.deployment.RevisionHash {
			return d.env.Name + " runs " + d.deployment.Version + " already", nil
		}
	}
	open, err := tx.OpenOperations(d.env.ID)
	if err != nil {
		return "", err
	}
	for _, o := range open {
		if o.Kind != lockstep.OperationDeploy {
			continue
		}
		other, err := tx.Deployment(o.ID)
		if err != nil {
			return "", err
		}
		if other.RevisionHash == d.deployment.RevisionHash {
			return fmt.Sprintf("deployment %s of %s is %s already", other.ID, other.Version, other.Status), nil
		}
	}
	return "", nil
}

// supersede cancels what the same schedule, or the automation, has asked for
// before and nobody has begun: only the newest runs.
func (c *Control) supersede(tx Tx, by By, d draft) error {
	open, err := tx.OpenOperations(d.env.ID)
	if err != nil {
		return err
	}
	for _, o := range open {
		if o.Kind != lockstep.OperationDeploy || o.Status == lockstep.StatusRunning || o.LeaseUntil != nil || o.CreatedBy != by.Actor {
			continue
		}
		if err := c.end(tx, by, o, "superseded by "+d.deployment.Version); err != nil {
			return err
		}
	}
	return nil
}
