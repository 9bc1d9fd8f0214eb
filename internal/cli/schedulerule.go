package cli

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
	"github.com/lockstep-dev/lockstep/internal/schedule"
)

func (a *app) scheduleCreateCommand() *cobra.Command {
	var (
		req         client.ScheduleRequest
		t           timing
		how         string
		environment string
		dryRun      bool
	)
	cmd := &cobra.Command{
		Use:   "create NAME --environment ENV --rule RULE",
		Short: "Make deployments by a rule of cron",
		Long: `RULE is minute, hour, day of month, month and day of week, as cron has them, or
@hourly, @daily, @weekly, @monthly, @yearly. It goes by the clock of --tz.
Where that clock is put forward over a time, the schedule fires once at the
first moment after; a time that comes twice fires the first time only, unless
the hour is *.

Each time makes at most one deployment, under the gate like any other. What runs
already, what was rolled back and what the gate refuses is skipped, and kept in
the history with the reason. Times at which nobody was there are missed; with
--if-missed run the last of them is made up for.`,
		Example: "  lockstep schedule create nightly --environment staging --rule \"0 2 * * 1-5\" --tz Europe/Berlin\n" +
			"  lockstep schedule create train --environment production --rule \"0 9 * * TUE\" --promote",
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return lockstep.Invalid("name", "name the schedule: `%s`", usage(cmd))
			case environment == "":
				return lockstep.Invalid("environment", "name the environment (--environment)")
			}
			req.Name, req.Environment, req.Strategy = args[0], environment, lockstep.Strategy(how)
			req.IfMissed, req.Grace = lockstep.IfMissed(t.ifMissed), lockstep.Duration(t.grace)
			c, err := a.client()
			if err != nil {
				return err
			}
			s, err := c.CreateSchedule(cmd.Context(), req, client.ChangeOptions{DryRun: dryRun})
			if err != nil {
				return err
			}
			return a.print(s, func(w io.Writer) {
				a.writeSchedule(w, s)
				if dryRun {
					line(w, "Nothing was changed.")
				}
			})
		},
	}
	f := cmd.Flags()
	f.StringVarP(&environment, "environment", "e", "", "where to deploy")
	f.StringVar(&req.Rule, "rule", "", `when: "0 2 * * 1-5", @daily`)
	f.StringVar(&req.TimeZone, "tz", "", "the time zone of the rule (default: UTC)")
	f.StringVar(&req.Release, "release", "", "a version (default: latest, the newest at that time)")
	f.BoolVar(&req.Promote, "promote", false, "what runs in --from, instead of a release")
	f.StringVar(&req.From, "from", "", "with --promote: from there (default: the stage before)")
	f.StringVarP(&how, "strategy", "s", "", "one the matrix allows there (default: the environment's first)")
	f.StringVar(&req.Description, "description", "", "why, for people")
	f.StringVar(&req.WithConfig, "with-config", "", "latest or a number (default: the configuration that runs)")
	f.BoolVar(&dryRun, "dry-run", false, "check it and print its next times, change nothing")
	t.missedFlags(f)
	return cmd
}

func (a *app) scheduleShowCommand() *cobra.Command {
	return a.onSchedule("show", "Show a schedule, its next times and what it did", (*client.Client).Schedule, a.writeSchedule)
}

func (a *app) schedulePauseCommand() *cobra.Command {
	return a.onSchedule("pause", "Keep a schedule from firing", (*client.Client).PauseSchedule, func(w io.Writer, s lockstep.Schedule) {
		line(w, "%s is paused: lockstep schedule resume %s", s.Name, s.Name)
	})
}

func (a *app) scheduleResumeCommand() *cobra.Command {
	return a.onSchedule("resume", "Let a schedule fire again", (*client.Client).ResumeSchedule, func(w io.Writer, s lockstep.Schedule) {
		line(w, "%s goes on: %s", s.Name, nextText(s))
	})
}

func (a *app) scheduleDeleteCommand() *cobra.Command {
	return a.onSchedule("delete", "End a schedule; its deployments stay", (*client.Client).DeleteSchedule, func(w io.Writer, s lockstep.Schedule) {
		line(w, "%s is deleted. What it deployed stays.", s.Name)
	})
}

func (a *app) onSchedule(verb, short string, do func(*client.Client, context.Context, string) (lockstep.Schedule, error), write func(io.Writer, lockstep.Schedule)) *cobra.Command {
	return &cobra.Command{
		Use: verb + " NAME", Short: short, Args: betweenArgs(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.client()
			if err != nil {
				return err
			}
			s, err := do(c, cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(s, func(w io.Writer) { write(w, s) })
		},
	}
}

func (a *app) writeSchedule(w io.Writer, s lockstep.Schedule) {
	line(w, "%s  %s to %s", s.Name, s.What(), s.Environment)
	missed := fmt.Sprintf("skipped, where it is more than %s late", shortly(s.Grace))
	if s.IfMissed == lockstep.MissedRun {
		missed = "made up for, the last one"
	}
	state := ""
	if s.Paused {
		state = "paused: lockstep schedule resume " + s.Name
	}
	pairs(w, "  rule", s.Rule, "  time zone", first(s.TimeZone, "UTC"), "  state", state, "  strategy", string(s.Strategy), "  config", s.WithConfig,
		"  missed times", missed, "  why", s.Description, "  made", ago(time.Now(), s.CreatedAt)+" by "+s.CreatedBy)
	if len(s.Upcoming) > 0 {
		line(w, "")
		line(w, "Next")
	}
	now := time.Now()
	for _, at := range s.Upcoming {
		line(w, "  %s  %s", wallText(s, at), in(now, at))
	}
	if len(s.History) == 0 {
		return
	}
	p := a.paint(w)
	line(w, "")
	line(w, "Before")
	var t table
	for _, f := range s.History {
		t.add("  "+wallText(s, f.Instant), firingWord(p, f.Outcome), firingNote(f))
	}
	t.write(w)
}

// wallText is a moment on the wall of a schedule's zone.
func wallText(s lockstep.Schedule, at time.Time) string {
	zone, err := schedule.Zone(s.TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return at.In(zone).Format("Mon 2006-01-02 15:04 MST")
}

func nextText(s lockstep.Schedule) string {
	if s.NextAt == nil {
		return "paused"
	}
	return in(time.Now(), *s.NextAt) + ", at " + wallText(s, *s.NextAt)
}

func firingWord(p paint, o lockstep.FiringOutcome) string {
	switch o {
	case lockstep.FiringDeployed:
		return p.good("✓ deployed")
	case lockstep.FiringSkipped:
		return p.dim("– skipped")
	case lockstep.FiringMissed:
		return p.warn("! missed")
	}
	return string(o)
}

func firingNote(f lockstep.Firing) string {
	note := f.Reason
	if f.DeploymentID != "" {
		note = "deployment " + shortID(f.DeploymentID)
		if f.Reason != "" {
			note += "; " + f.Reason
		}
	}
	return note
}

func (a *app) writeSchedules(w io.Writer, list []lockstep.Schedule) {
	if len(list) == 0 {
		line(w, "No schedules: lockstep schedule create NAME --environment ENV --rule RULE")
		return
	}
	p := a.paint(w)
	t := table{head: []string{"SCHEDULE", "WHAT", "RULE", "NEXT", "LAST"}}
	for _, s := range list {
		last := "–"
		if len(s.History) > 0 {
			last = firingWord(p, s.History[0].Outcome) + " " + ago(time.Now(), s.History[0].At)
		}
		t.add(s.Name, s.What()+" to "+s.Environment, s.Rule, nextText(s), last)
	}
	t.write(w)
}
