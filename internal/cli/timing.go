package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/schedule"
)

// timing is when something is to happen, as flags say it.
type timing struct {
	at, zone, ifMissed string
	grace              time.Duration
}

func (t *timing) flags(f *pflag.FlagSet) {
	f.StringVar(&t.at, "at", "", `start then: "2026-11-23 02:00", RFC 3339, or +2h (default: at once)`)
	f.StringVar(&t.zone, "tz", "", "the time zone of --at (default: this machine's)")
	t.missedFlags(f)
}

func (t *timing) missedFlags(f *pflag.FlagSet) {
	f.StringVar(&t.ifMissed, "if-missed", "", "skip or run, where it could not start in time (default: skip)")
	f.DurationVar(&t.grace, "grace", 0, "how late it may start before it counts as missed (default: 15m)")
}

// read resolves the flags to a moment.
func (t *timing) read(now time.Time) (lockstep.Timing, error) {
	out := lockstep.Timing{IfMissed: lockstep.IfMissed(t.ifMissed), Grace: lockstep.Duration(t.grace)}
	if t.at == "" {
		if t.zone != "" {
			return out, lockstep.Invalid("tz", "--tz is the time zone of --at: name a time")
		}
		return out, nil
	}
	zone := now.Location()
	if t.zone != "" {
		var err error
		if zone, err = schedule.Zone(t.zone); err != nil {
			return out, err
		}
	}
	at, err := schedule.At(t.at, zone, now)
	if err != nil {
		return out, err
	}
	out.ScheduledFor = &at
	return out, nil
}

// in says how far ahead t is, as people do.
func in(now, t time.Time) string {
	d := t.Sub(now)
	switch {
	case d <= 0:
		return "now"
	case d < time.Minute:
		return fmt.Sprintf("in %ds", int(d.Round(time.Second).Seconds()))
	}
	d = d.Round(time.Minute)
	switch minutes := int(d.Minutes()) % 60; {
	case d < time.Hour:
		return fmt.Sprintf("in %dm", minutes)
	case d < 48*time.Hour && minutes > 0:
		return fmt.Sprintf("in %dh %dm", int(d.Hours()), minutes)
	case d < 48*time.Hour:
		return fmt.Sprintf("in %dh", int(d.Hours()))
	}
	return fmt.Sprintf("in %dd", int(d.Hours())/24)
}

// when is a time to come, relative and exact, on this machine's wall.
func when(now, t time.Time) string {
	return in(now, t) + ", at " + t.In(now.Location()).Format("Mon 2006-01-02 15:04:05 MST")
}

// later says that a deployment waits for its time.
func later(d lockstep.Deployment, now time.Time) bool {
	return lockstep.Operation{Status: d.Status, ScheduledFor: d.ScheduledFor}.Later(now)
}

// scheduled says when a deployment starts that waits for its time.
func (a *app) scheduled(w io.Writer, d lockstep.Deployment) {
	now := time.Now()
	line(w, "%s: %s", followedDeployment(d).title, when(now, *d.ScheduledFor))
	line(w, "  deployment %s is %s", d.ID, statusWord(d.Status))
	if d.Status == lockstep.StatusPendingApproval {
		line(w, "  Approve it before: lockstep approve %s", shortID(d.ID))
	}
	if d.NotAfter != nil {
		line(w, "  Where it has not started %s later, it is cancelled (--if-missed run: it starts then).", graceText(d))
	}
	line(w, "  lockstep schedule change %s --at …, lockstep schedule cancel %s", shortID(d.ID), shortID(d.ID))
}

func graceText(d lockstep.Deployment) string {
	return shortly(lockstep.Duration(d.NotAfter.Sub(*d.ScheduledFor)))
}

// shortly is a duration without zeros behind: 15m, 1h, 1h30m.
func shortly(d lockstep.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
