package control

import (
	"context"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
	"github.com/lockstep-dev/lockstep/internal/schedule"
)

// ScheduleRequest is what a schedule is made of.
type ScheduleRequest struct {
	Name        string            `json:"name"`
	Environment string            `json:"environment"` // ID or name
	Rule        string            `json:"rule"`
	TimeZone    string            `json:"timeZone,omitempty"` // default UTC
	Release     string            `json:"release,omitempty"`  // default latest
	Promote     bool              `json:"promote,omitempty"`  // what runs in From, instead of a release
	From        string            `json:"from,omitempty"`     // default: the stage before
	Strategy    lockstep.Strategy `json:"strategy,omitempty"`
	Description string            `json:"description,omitempty"`
	WithConfig  string            `json:"withConfig,omitempty"`
	IfMissed    lockstep.IfMissed `json:"ifMissed,omitempty"`
	Grace       lockstep.Duration `json:"grace,omitempty"` // milliseconds; default 15 minutes
}

// CreateSchedule records a rule by which deployments are made from now on.
func (c *Control) CreateSchedule(ctx context.Context, by By, projectName string, req ScheduleRequest) (lockstep.Schedule, error) {
	return change(ctx, c, by, "create schedule", []any{projectName, req}, func(tx Tx) (lockstep.Schedule, error) {
		env, err := environment(tx, projectName, req.Environment)
		if err != nil {
			return lockstep.Schedule{}, err
		}
		if err := c.maySchedule(tx, by, env); err != nil {
			return lockstep.Schedule{}, err
		}
		s, rule, err := c.schedule(tx, env, req)
		if err != nil {
			return s, err
		}
		s.CreatedBy = by.Actor
		if err := c.put(tx, by, &s, rule, "created"); err != nil {
			return s, err
		}
		s.Upcoming = nextTimes(rule, s.UpdatedAt)
		return s, nil
	})
}

// schedule checks a request and makes it a schedule.
func (c *Control) schedule(tx Tx, env lockstep.Environment, req ScheduleRequest) (lockstep.Schedule, schedule.Rule, error) {
	now := c.now()
	s := lockstep.Schedule{
		ID: c.newID(), ProjectID: env.ProjectID, Name: req.Name, EnvironmentID: env.ID, Environment: env.Name,
		Rule: strings.Join(strings.Fields(req.Rule), " "), TimeZone: req.TimeZone, Release: req.Release, Promote: req.Promote, From: req.From,
		Strategy: req.Strategy, Description: req.Description, WithConfig: req.WithConfig,
		IfMissed: req.IfMissed, Grace: lockstep.Duration(req.Grace.Or(lockstep.DefaultGrace)), CreatedAt: now,
	}
	if s.IfMissed == "" {
		s.IfMissed = lockstep.MissedSkip
	}
	if !s.Promote && s.Release == "" {
		s.Release = "latest"
	}
	rule, err := schedule.Parse(s.Rule, s.TimeZone)
	if err != nil {
		return s, rule, err
	}
	at := now.Add(time.Hour) // any time: its policy is checked with a timing's
	if err := (lockstep.Timing{ScheduledFor: &at, IfMissed: s.IfMissed, Grace: s.Grace}).Check(now); err != nil {
		return s, rule, err
	}
	if err := lockstep.ValidateScheduleName(s.Name); err != nil {
		return s, rule, err
	}
	if err := checkRequest(lockstep.DeploymentRequest{Version: s.Release, Strategy: s.Strategy, Description: s.Description}); err != nil {
		return s, rule, err
	}
	return s, rule, checkSource(tx, env, s)
}

// checkSource: what a schedule brings exists, or comes to exist.
func checkSource(tx Tx, env lockstep.Environment, s lockstep.Schedule) error {
	switch {
	case s.Promote && s.Release != "":
		return lockstep.Invalid("release", "a promotion brings what runs in another environment: name a release or promote, not both")
	case s.Promote:
		_, _, err := upstream(tx, env, s.From)
		return err
	case s.From != "":
		return lockstep.Invalid("from", "it goes with promote: what runs there is brought here")
	case s.Release == "latest":
		return nil
	}
	_, err := release(tx, env.ProjectID, s.Release)
	return err
}

func (c *Control) maySchedule(tx Tx, by By, env lockstep.Environment) error {
	q, err := c.facts(tx, policy.Schedule, by.Actor, env)
	if err != nil {
		return err
	}
	return policy.Decide(q).Err()
}

// put stores a schedule with its next time, from now on.
func (c *Control) put(tx Tx, by By, s *lockstep.Schedule, rule schedule.Rule, what string) error {
	s.UpdatedAt, s.NextAt = c.now(), nil
	s.Version++
	after := s.UpdatedAt
	last, err := tx.Firings(s.ID, 1)
	if err != nil {
		return err
	}
	if len(last) > 0 && last[0].Instant.After(after) {
		after = last[0].Instant // the clock was set back: nothing fires twice
	}
	if next := rule.Next(after).UTC(); !s.Paused && !next.IsZero() {
		s.NextAt = &next
	}
	if err := tx.PutSchedule(*s); err != nil {
		return err
	}
	return c.event(tx, lockstep.EventScheduleChanged, s.ProjectID, s.EnvironmentID, "", by, map[string]any{"name": s.Name, "change": what})
}

// PauseSchedule keeps a schedule from firing until it is resumed.
func (c *Control) PauseSchedule(ctx context.Context, by By, projectName, ref string) (lockstep.Schedule, error) {
	return c.setPaused(ctx, by, projectName, ref, true)
}

// ResumeSchedule lets a schedule fire again. What would have been meanwhile
// is not made up for.
func (c *Control) ResumeSchedule(ctx context.Context, by By, projectName, ref string) (lockstep.Schedule, error) {
	return c.setPaused(ctx, by, projectName, ref, false)
}

func (c *Control) setPaused(ctx context.Context, by By, projectName, ref string, paused bool) (lockstep.Schedule, error) {
	what := map[bool]string{true: "paused", false: "resumed"}[paused]
	return change(ctx, c, by, what+" schedule", []any{projectName, ref}, func(tx Tx) (lockstep.Schedule, error) {
		s, err := c.changeable(tx, by, projectName, ref)
		if err != nil || s.Paused == paused {
			return s, err
		}
		rule, err := schedule.Parse(s.Rule, s.TimeZone)
		if err != nil && !paused {
			return s, err
		}
		s.Paused = paused
		return s, c.put(tx, by, &s, rule, what)
	})
}

// DeleteSchedule ends a schedule. What it has deployed, and what of that
// waits, stays.
func (c *Control) DeleteSchedule(ctx context.Context, by By, projectName, ref string) (lockstep.Schedule, error) {
	return change(ctx, c, by, "delete schedule", []any{projectName, ref}, func(tx Tx) (lockstep.Schedule, error) {
		s, err := c.changeable(tx, by, projectName, ref)
		if err != nil {
			return s, err
		}
		if err := tx.DeleteSchedule(s.ID); err != nil {
			return s, err
		}
		return s, c.event(tx, lockstep.EventScheduleChanged, s.ProjectID, s.EnvironmentID, "", by, map[string]any{"name": s.Name, "change": "deleted"})
	})
}

// changeable finds a schedule that somebody may change.
func (c *Control) changeable(tx Tx, by By, projectName, ref string) (lockstep.Schedule, error) {
	s, err := findSchedule(tx, projectName, ref)
	if err != nil {
		return s, err
	}
	env, err := tx.Environment("", s.EnvironmentID)
	if err != nil {
		return s, err
	}
	return s, c.maySchedule(tx, by, env)
}

func findSchedule(tx Tx, projectName, ref string) (lockstep.Schedule, error) {
	p, err := project(tx, projectName)
	if err != nil {
		return lockstep.Schedule{}, err
	}
	s, err := tx.Schedule(p.ID, ref)
	if lockstep.CodeOf(err) != lockstep.CodeNotFound {
		return s, err
	}
	all, listErr := tx.Schedules(p.ID, "")
	if listErr != nil {
		return s, listErr
	}
	names := make([]string, len(all))
	for i, one := range all {
		names[i] = one.Name
	}
	return s, notFound("schedule", ref, names)
}

// How much of a schedule is shown.
const (
	upcoming = 5
	history  = 20
	calendar = 200 // of its next times, where they are asked for up to a moment
)

func timesUntil(s lockstep.Schedule, now, until time.Time) []time.Time {
	rule, err := schedule.Parse(s.Rule, s.TimeZone)
	if err != nil || s.Paused {
		return nil
	}
	var out []time.Time
	for next := rule.Next(now); !next.IsZero() && next.Before(until) && len(out) < calendar; next = rule.Next(next) {
		out = append(out, next.UTC())
	}
	return out
}

func nextTimes(rule schedule.Rule, after time.Time) []time.Time {
	times := rule.Upcoming(after, upcoming)
	for i := range times {
		times[i] = times[i].UTC()
	}
	return times
}

// Schedule is one schedule with its next times and its history.
func (c *Control) Schedule(ctx context.Context, projectName, ref string) (lockstep.Schedule, error) {
	return view(ctx, c, func(tx Tx) (lockstep.Schedule, error) {
		s, err := findSchedule(tx, projectName, ref)
		if err != nil {
			return s, err
		}
		if rule, err := schedule.Parse(s.Rule, s.TimeZone); err == nil && !s.Paused {
			s.Upcoming = nextTimes(rule, c.now())
		}
		s.History, err = tx.Firings(s.ID, history)
		return s, err
	})
}

// Schedules lists the schedules of a project, or of one of its environments,
// by name; each with the latest of its history, and with its times up to until,
// where that is not zero.
func (c *Control) Schedules(ctx context.Context, projectName, environmentRef string, until time.Time) ([]lockstep.Schedule, error) {
	return view(ctx, c, func(tx Tx) ([]lockstep.Schedule, error) {
		p, err := project(tx, projectName)
		if err != nil {
			return nil, err
		}
		environmentID := ""
		if environmentRef != "" {
			env, err := environment(tx, projectName, environmentRef)
			if err != nil {
				return nil, err
			}
			environmentID, p.ID = env.ID, env.ProjectID
		}
		all, err := tx.Schedules(p.ID, environmentID)
		if err != nil {
			return nil, err
		}
		for i := range all {
			if all[i].History, err = tx.Firings(all[i].ID, 1); err != nil {
				return nil, err
			}
			all[i].Upcoming = timesUntil(all[i], c.now(), until)
		}
		return append([]lockstep.Schedule{}, all...), nil
	})
}
