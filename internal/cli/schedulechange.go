package cli

import (
	"io"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// ruleFlags are those that say something of a schedule, and nothing of a
// deployment that waits.
var ruleFlags = []string{"rule", "release", "promote", "from", "strategy", "description", "with-config", "dry-run"}

func (a *app) scheduleChangeCommand() *cobra.Command {
	var (
		t         timing
		rule      client.ScheduleRequest
		how       string
		dryRun    bool
		deployArg = "change DEPLOYMENT --at TIME"
	)
	cmd := &cobra.Command{
		Use:   "change DEPLOYMENT --at TIME | change NAME --rule RULE",
		Short: "Change when a deployment starts, or what a schedule does",
		Long: `With --at, when a deployment starts that waits for its time. An approval that was
given holds: it is of the release and its configuration, not of an hour.

Without --at, a schedule: its rule and time zone, what it deploys, and what
becomes of missed times. What no flag names stays; an empty value goes back to
its default. The next time is the next one from now on by the new rule. A time
that has come already is seen to first, as the schedule was; deployments that it
has made stay as they are. To rename one, or for another environment, create
another.`,
		Example: `  lockstep schedule change 5d41402abc4b --at "2026-11-24 02:00" --tz Asia/Jakarta
  lockstep schedule change nightly --rule "0 4 * * 1-5"
  lockstep schedule change train --release 2.3.1`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			f := cmd.Flags()
			if t.at != "" {
				for _, name := range ruleFlags {
					if f.Changed(name) {
						return lockstep.Invalid("at", "--at is of one deployment and --%s of a schedule: use `lockstep schedule %s`, or leave --at out", name, deployArg)
					}
				}
				return a.reschedule(cmd, c, ref, t)
			}
			rule.Strategy = lockstep.Strategy(how)
			rule.IfMissed, rule.Grace = lockstep.IfMissed(t.ifMissed), lockstep.Duration(t.grace)
			rule.TimeZone = t.zone
			change := changed(f, rule)
			if change == (client.ScheduleChange{}) {
				return lockstep.Invalid("at", "name the time at which a deployment is to start (--at), or what of a schedule shall be different (--rule, --tz, --release, --promote, …)")
			}
			return a.changeSchedule(cmd, c, ref, change, dryRun)
		},
	}
	f := cmd.Flags()
	t.flags(f)
	f.Lookup("at").Usage = `start then instead: "2026-11-23 02:00", RFC 3339, or +2h`
	f.Lookup("tz").Usage = "the time zone of --at (default: this machine's), or of the schedule's rule"
	f.Lookup("if-missed").Usage, f.Lookup("grace").Usage = "skip or run, where it could not start in time (default: as it is)", "how late it may start before it counts as missed (default: as it is)"
	f.StringVar(&rule.Rule, "rule", "", `of a schedule: "0 2 * * 1-5", @daily`)
	f.StringVar(&rule.Release, "release", "", "of a schedule: a version, or latest")
	f.BoolVar(&rule.Promote, "promote", false, "of a schedule: what runs in --from, instead of a release")
	f.StringVar(&rule.From, "from", "", "with --promote: from there")
	f.StringVarP(&how, "strategy", "s", "", "of a schedule: one the matrix allows there")
	f.StringVar(&rule.Description, "description", "", "of a schedule: why, for people")
	f.StringVar(&rule.WithConfig, "with-config", "", "of a schedule: latest or a number")
	f.BoolVar(&dryRun, "dry-run", false, "of a schedule: check it and print its next times, change nothing")
	environmentFlag(cmd)
	return cmd
}

func (a *app) reschedule(cmd *cobra.Command, c *client.Client, ref string, t timing) error {
	timing, err := t.read(time.Now())
	if err != nil {
		return err
	}
	d, err := a.awaitingTime(cmd, c, ref)
	if err != nil {
		return err
	}
	if d, err = c.Reschedule(cmd.Context(), d.ID, timing); err != nil {
		return err
	}
	return a.print(d, func(w io.Writer) { a.scheduled(w, d) })
}

// changed are the fields of a schedule whose flags were given.
func changed(f *pflag.FlagSet, r client.ScheduleRequest) client.ScheduleChange {
	return client.ScheduleChange{
		Rule: given(f, "rule", r.Rule), TimeZone: given(f, "tz", r.TimeZone), Release: given(f, "release", r.Release),
		Promote: given(f, "promote", r.Promote), From: given(f, "from", r.From), Strategy: given(f, "strategy", r.Strategy),
		Description: given(f, "description", r.Description), WithConfig: given(f, "with-config", r.WithConfig),
		IfMissed: given(f, "if-missed", r.IfMissed), Grace: given(f, "grace", r.Grace),
	}
}

func given[T any](f *pflag.FlagSet, name string, value T) *T {
	if !f.Changed(name) {
		return nil
	}
	return &value
}

// changeSchedule changes the schedule as it is now: what somebody else changes
// between reading and writing is not undone.
func (a *app) changeSchedule(cmd *cobra.Command, c *client.Client, ref string, change client.ScheduleChange, dryRun bool) error {
	s, err := c.Schedule(cmd.Context(), ref)
	if err != nil {
		return err
	}
	if s, err = c.ChangeSchedule(cmd.Context(), ref, s.Version, change, client.ChangeOptions{DryRun: dryRun}); err != nil {
		return err
	}
	return a.print(s, func(w io.Writer) {
		a.writeSchedule(w, s)
		if dryRun {
			line(w, "Nothing was changed.")
		}
	})
}
