package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// watchEvery is how often --watch asks.
const watchEvery = 2 * time.Second

func (a *app) healthCommand() *cobra.Command {
	var watch bool
	cmd := &cobra.Command{
		Use:   "health ENV",
		Short: "Show whether an environment's services and dependencies are well",
		Long: `App services are as their host sees them now, dependencies as they were checked
last. A score of 100 means that nothing is wrong. Uptimes are shares of the time
that was observed.

The exit code is 1 where a service is unhealthy, else 0.`,
		Example: "  lockstep health production\n  lockstep health production -o json",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			if watch {
				return a.watchHealth(cmd.Context(), c, name)
			}
			h, err := c.Health(cmd.Context(), name)
			if err != nil {
				return err
			}
			if err := a.print(h, func(w io.Writer) { a.writeHealth(w, h) }); err != nil {
				return err
			}
			if h.Status == lockstep.HealthUnhealthy {
				return &exitError{lockstep.ExitFailed}
			}
			return nil
		},
	}
	environmentFlag(cmd)
	cmd.Flags().BoolVarP(&watch, "watch", "w", false, "show it again and again, until interrupted; in a pipe whenever a state changes")
	return cmd
}

func (a *app) watchHealth(ctx context.Context, c *client.Client, name string) error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var last string
	for {
		h, err := c.Health(ctx, name)
		switch {
		case errors.Is(err, context.Canceled):
			return nil
		case err != nil:
			return err
		}
		states := fmt.Sprint(h.Status, h.Summary.Status)
		for _, s := range h.Services {
			states += fmt.Sprint(" ", s.Name, " ", s.Status, s.Disabled)
		}
		if isTerminal(a.Out) {
			var b bytes.Buffer
			a.writeHealthTo(&b, a.Out, h)
			fmt.Fprint(a.Out, "\x1b[H\x1b[2J", b.String())
		} else if states != last {
			if err := a.print(h, func(w io.Writer) { a.writeHealth(w, h) }); err != nil {
				return err
			}
		}
		last = states
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (a *app) writeHealth(w io.Writer, h lockstep.HealthReport) { a.writeHealthTo(w, w, h) }

// writeHealthTo writes to w as it is shown on screen.
func (a *app) writeHealthTo(w, screen io.Writer, h lockstep.HealthReport) {
	p := a.paint(screen)
	mark, word := p.wellMark(h.Summary.Status), h.Summary.Status
	if word == lockstep.WellIdle || word == "" { // of what does not run its dependencies can be asked about
		mark, word = p.healthMark(h.Status), string(h.Status)
	}
	line(w, "%s %s  %s", mark, h.Name, word)
	score := "–"
	if h.Score != nil {
		score = scoreBar(*h.Score) + fmt.Sprintf(" %d%%", *h.Score)
		if h.Worst != "" {
			score += ", mostly for " + h.Worst
		}
	}
	pairs(w, "  score", score, "  uptime", uptimeText(h.Uptime), "  unknown", h.UnreachableHost)
	for _, one := range h.Alerts {
		if one.State == lockstep.AlertPending || one.State == lockstep.AlertFiring {
			paragraph(w, "  "+p.alertText(one, time.Now()))
		}
	}
	if len(h.Services) == 0 {
		return
	}
	line(w, "")
	t := table{head: []string{"", "SERVICE", "TYPE", "STATE", "VERSION", "FIGURE", "LATENCY", "SINCE", "30 DAYS"}}
	for _, s := range h.Services {
		t.add(p.healthRow(s, time.Now())...)
	}
	t.write(w)
	for _, s := range h.Services {
		if s.Message != "" {
			paragraph(w, fmt.Sprintf("%s %s: %s", p.healthMark(s.Status), s.Name, s.Message))
		}
	}
}

func (p paint) healthRow(s lockstep.ServiceHealth, now time.Time) []string {
	if s.Disabled {
		return []string{p.dim("○"), s.Name, string(s.Type), p.warn("disabled")}
	}
	if !s.Managed {
		return []string{p.dim("○"), s.Name, string(s.Type), p.dim("unmanaged"), "–", p.dim("not checked")}
	}
	figure, latency, since := s.Figure, "–", "–"
	if s.Type == lockstep.ServiceApp {
		figure = fmt.Sprintf("%d/%d ready", s.Ready, s.Desired)
	}
	if s.Status == lockstep.HealthUnhealthy && s.Type != lockstep.ServiceApp {
		figure = "" // of when it was well
	} else if s.ResponseTime != nil {
		latency = took(s.ResponseTime.Std())
		if s.ResponseTime.Std() < time.Millisecond {
			latency = "<1ms"
		}
	}
	if s.Since != nil {
		since = age(now, *s.Since)
	}
	month := "–"
	if n := len(s.Uptime); n > 0 && s.Uptime[n-1].Percent != nil {
		month = percent(*s.Uptime[n-1].Percent)
	}
	return []string{p.healthMark(s.Status), s.Name, string(s.Type), string(s.Status), dash(s.Version), dash(figure), latency, since, month}
}

// wellMark is that of the one word on an environment.
func (p paint) wellMark(word string) string {
	switch word {
	case lockstep.WellHealthy:
		return p.healthMark(lockstep.HealthHealthy)
	case lockstep.WellDegraded:
		return p.healthMark(lockstep.HealthWarning)
	case lockstep.WellUnhealthy, lockstep.WellDown:
		return p.healthMark(lockstep.HealthUnhealthy)
	}
	return p.healthMark(lockstep.HealthUnknown)
}

func (p paint) healthMark(s lockstep.HealthStatus) string {
	switch s {
	case lockstep.HealthHealthy:
		return p.good("●")
	case lockstep.HealthWarning:
		return p.warn("▲")
	case lockstep.HealthUnhealthy:
		return p.bad("✗")
	case lockstep.HealthUnknown:
	}
	return p.dim("?")
}

// scoreBar draws a score; it is full for 100 only.
func scoreBar(score int) string {
	const width = 20
	full := score * width / 100
	return strings.Repeat("█", full) + strings.Repeat("░", width-full)
}

func uptimeText(all []lockstep.Uptime) string {
	var out []string
	for _, u := range all {
		window := fmt.Sprintf("%d days", int(u.Window.Std().Hours()/24))
		if u.Window.Std() <= 24*time.Hour {
			window = "24 h"
		}
		if u.Percent == nil {
			out = append(out, window+" not observed")
			continue
		}
		out = append(out, percent(*u.Percent)+" in "+window+observedText(u))
	}
	return strings.Join(out, "\n")
}

// observedText says how much of a window was seen, where that is not all.
func observedText(u lockstep.Uptime) string {
	if missing := u.Window.Std() - u.Observed.Std(); missing <= u.Window.Std()/100 {
		return ""
	}
	return fmt.Sprintf(" (%s of it observed)", percent(100*float64(u.Observed)/float64(u.Window)))
}

// percent never rounds up to 100.
func percent(v float64) string {
	if v >= 100 {
		return "100%"
	}
	return fmt.Sprintf("%.2f%%", math.Floor(v*100)/100)
}

// dependencyText is a dependency in a status.
func (p paint) dependencyText(h lockstep.ServiceHealth) string {
	text := string(h.Status)
	for _, more := range []string{h.Version, h.Figure, h.Message} {
		if more != "" {
			text += ", " + more
		}
	}
	switch h.Status {
	case lockstep.HealthUnhealthy:
		return p.bad(text)
	case lockstep.HealthWarning:
		return p.warn(text)
	case lockstep.HealthHealthy, lockstep.HealthUnknown:
	}
	return text
}
