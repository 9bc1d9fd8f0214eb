package control

import (
	"context"
	"errors"
	"strconv"

	"github.com/lockstep-dev/lockstep"
)

// ScheduleChange says what of a schedule becomes something else. What is left
// out stays; what is empty goes back to its default. A release that is named
// ends a promotion, and the other way round. Its name and its environment are
// what a schedule is, and stay.
type ScheduleChange struct {
	Rule        *string            `json:"rule,omitempty"`
	TimeZone    *string            `json:"timeZone,omitempty"`
	Release     *string            `json:"release,omitempty"`
	Promote     *bool              `json:"promote,omitempty"`
	From        *string            `json:"from,omitempty"`
	Strategy    *lockstep.Strategy `json:"strategy,omitempty"`
	Description *string            `json:"description,omitempty"`
	WithConfig  *string            `json:"withConfig,omitempty"`
	IfMissed    *lockstep.IfMissed `json:"ifMissed,omitempty"`
	Grace       *lockstep.Duration `json:"grace,omitempty"` // milliseconds
}

// errDue: a time of the schedule came before the change did.
var errDue = errors.New("a time of the schedule has come")

// ChangeSchedule changes a schedule that is at the version ifMatch, or at any
// ("*"). Its next time is the next one from now on by its new rule. A time
// that has come already and that nobody has seen to yet is seen to first, as
// the schedule was: it is neither lost nor done by other words, and nothing is
// done twice.
func (c *Control) ChangeSchedule(ctx context.Context, by By, projectName, ref, ifMatch string, req ScheduleChange) (lockstep.Schedule, error) {
	for {
		s, err := c.changeSchedule(ctx, by, projectName, ref, ifMatch, req)
		if !errors.Is(err, errDue) {
			return s, err
		}
		if s, err = c.Schedule(ctx, projectName, ref); err != nil {
			return s, err
		}
		if err := c.fireOne(ctx, s); err != nil {
			return lockstep.Schedule{}, err
		}
	}
}

func (c *Control) changeSchedule(ctx context.Context, by By, projectName, ref, ifMatch string, req ScheduleChange) (lockstep.Schedule, error) {
	return change(ctx, c, by, "change schedule", []any{projectName, ref, ifMatch, req}, func(tx Tx) (lockstep.Schedule, error) {
		was, err := c.changeable(tx, by, projectName, ref)
		if err != nil {
			return was, err
		}
		if err := sawNewest(ifMatch, was); err != nil {
			return was, err
		}
		env, err := tx.Environment("", was.EnvironmentID)
		if err != nil {
			return was, err
		}
		wanted, err := req.of(was)
		if err != nil {
			return was, err
		}
		s, rule, err := c.schedule(tx, env, wanted)
		if err != nil {
			return was, err
		}
		if !by.DryRun && was.NextAt != nil && !was.NextAt.After(c.now()) {
			return was, errDue
		}
		s.ID, s.Paused, s.Version, s.CreatedAt, s.CreatedBy = was.ID, was.Paused, was.Version, was.CreatedAt, was.CreatedBy
		if err := c.put(tx, by, &s, rule, "changed"); err != nil {
			return was, err
		}
		if !s.Paused {
			s.Upcoming = nextTimes(rule, s.UpdatedAt)
		}
		return s, nil
	})
}

// sawNewest refuses a change of what somebody else has changed meanwhile.
func sawNewest(ifMatch string, s lockstep.Schedule) error {
	switch version := strconv.FormatInt(s.Version, 10); ifMatch {
	case "":
		return lockstep.Errorf(lockstep.CodePreconditionRequired, "say which version of schedule %s you have seen with If-Match (it is %q now), or * for any", s.Name, version)
	case "*", version:
		return nil
	}
	return lockstep.Errorf(lockstep.CodeStale, "schedule %s is at version %d now, and this change was made for another: somebody changed it meanwhile; look at it again (lockstep schedule show %s)", s.Name, s.Version, s.Name)
}

// of is the request that would make the schedule as it is wanted.
func (req ScheduleChange) of(s lockstep.Schedule) (ScheduleRequest, error) {
	if req == (ScheduleChange{}) {
		return ScheduleRequest{}, lockstep.Invalid("", "nothing is to change: name a rule, a time zone, a release, or what else shall be different")
	}
	if req.Release != nil && *req.Release != "" && req.Promote == nil {
		s.Promote, s.From = false, ""
	}
	if req.Promote != nil && *req.Promote != s.Promote {
		s.Release, s.From = "", ""
	}
	return ScheduleRequest{
		Name: s.Name, Environment: s.EnvironmentID, Rule: or(req.Rule, s.Rule), TimeZone: or(req.TimeZone, s.TimeZone),
		Release: or(req.Release, s.Release), Promote: or(req.Promote, s.Promote), From: or(req.From, s.From),
		Strategy: or(req.Strategy, s.Strategy), Description: or(req.Description, s.Description), WithConfig: or(req.WithConfig, s.WithConfig),
		IfMissed: or(req.IfMissed, s.IfMissed), Grace: or(req.Grace, s.Grace),
	}, nil
}

func or[T any](wanted *T, is T) T {
	if wanted != nil {
		return *wanted
	}
	return is
}
