package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/client"
)

// defaultTail is what is shown without --tail or --since.
const defaultTail = 100

func (a *app) logsCommand() *cobra.Command {
	var q client.LogQuery
	var follow bool
	cmd := &cobra.Command{
		Use:   "logs ENV [SERVICE...]",
		Short: "Show what instances write, also those that are gone",
		Long: `Shows the output of an environment's instances in the order in which the agent
saw it: the last 100 lines, or with --since, --grep or --search all that are
kept. With -f it goes on with what is written from then on, through deployments
and restarts, until interrupted.

The agent keeps the last 40 MB of each instance, and of those that are gone the
last 20, for 7 days and up to 200 MB in each environment. Times are when the
agent saw a line, up to a quarter of a second after it was written. Control
characters show as symbols, colours of the app are dropped, and lines are cut
after 16 KiB. A time is one of this machine's clock, unless it names its zone; with
--until, -f ends when that is past. What apps write is shown as it is: secrets that they log, too.`,
		Example: `  lockstep logs production
  lockstep logs production backend -f
  lockstep logs production --since 1h --grep 'status=5\d\d'
  lockstep logs production --since '2026-03-01 11:50' --until 12:10
  lockstep logs production --search timeout --tail 20
  lockstep logs production --previous   # before the last restart`,
		RunE: func(cmd *cobra.Command, args []string) error {
			env, services, err := environmentArg(cmd, args)
			if err != nil {
				return err
			}
			q.Services = services
			if len(services) == 1 && cmd.Flags().Changed("environment") && len(args) > 1 {
				return lockstep.Invalid("", "name the environment once")
			}
			switch {
			case q.Grep != "" && q.Search != "":
				return lockstep.Invalid("search", "give --grep or --search, not both")
			case follow && q.Previous:
				return lockstep.Invalid("previous", "what was written before a restart does not go on: leave -f or --previous out")
			case q.Tail < 0 || q.Tail > lockstep.MaxLogTail:
				return lockstep.Invalid("tail", "--tail is from 0 to %d", lockstep.MaxLogTail)
			}
			if err := logRange(&q, time.Now()); err != nil {
				return err
			}
			c, err := a.client()
			if err != nil {
				return err
			}
			tail := cmd.Flags().Changed("tail")
			if !tail && q.Since == "" && q.Grep == "" && q.Search == "" && !q.Previous {
				q.Tail, tail = defaultTail, true
			}
			out := &logView{w: a.Out, p: a.paint(a.Out), format: a.flags.output}
			err = a.showLogs(cmd.Context(), c, env, q, follow, tail, out)
			if err == nil && cmd.Context().Err() != nil && isTerminal(a.Err) {
				line(a.Err, "") // after the ^C
			}
			if err == nil && !follow && out.shown == 0 && a.flags.output == "table" {
				line(a.Err, "%s", nothingLogged(env, q))
			}
			return err
		},
	}
	environmentFlag(cmd)
	f := cmd.Flags()
	f.BoolVarP(&follow, "follow", "f", false, "go on with what is written from now on")
	f.StringVar(&q.Since, "since", "", `from then on: how long ago (10m), or a time ("2026-03-01 12:00", 12:00, 2026-03-01T12:00:00Z)`)
	f.StringVar(&q.Until, "until", "", "up to then, likewise")
	f.StringVar(&q.Grep, "grep", "", "only lines that a regular expression matches")
	f.StringVar(&q.Search, "search", "", "only lines that hold a text, in whatever case")
	f.StringSliceVar(&q.Instances, "instance", nil, "only of this instance")
	f.StringVar(&q.Revision, "revision", "", "only of what a version, or a revision's hash, brought")
	f.IntVar(&q.Tail, "tail", 0, "only the last so many lines (default 100 without --since, --grep or --search)")
	f.BoolVar(&q.Previous, "previous", false, "what each instance wrote before its last restart")
	return cmd
}

func nothingLogged(env string, q client.LogQuery) string {
	if q.Previous {
		return fmt.Sprintf("No instance of %s was restarted.", env)
	}
	if q.Grep+q.Search+q.Since+q.Until+q.Revision != "" || len(q.Services)+len(q.Instances) > 0 {
		return fmt.Sprintf("Nothing that %s wrote fits.", env)
	}
	return fmt.Sprintf("%s has written nothing that is kept.", env)
}

// showLogs reads what there is and then, where asked, what is to come. Of
// lines that a filter passes the last ones are known at the end.
func (a *app) showLogs(ctx context.Context, c *client.Client, env string, q client.LogQuery, follow, tail bool, out *logView) error {
	if tail && q.Tail == 0 && !follow {
		return nil
	}
	show := func(l lockstep.LogLine) bool { return out.line(l) == nil }
	var last []lockstep.LogLine
	keep := q.Tail
	filtered := tail && (q.Grep != "" || q.Search != "")
	if filtered || q.Previous {
		q.Tail = 0
	}
	first := show
	if filtered || (q.Previous && tail) {
		first = func(l lockstep.LogLine) bool {
			if last = append(last, l); len(last) > 2*keep+100 {
				last = append(last[:0], last[len(last)-keep:]...)
			}
			return true
		}
	}
	if tail && keep == 0 { // only what is to come
		first = func(lockstep.LogLine) bool { return true }
		q.Tail = 1
	}
	cursor, err := c.AllLogs(ctx, env, q, first)
	if err != nil {
		return quietly(ctx, follow, err)
	}
	for _, l := range last[max(0, len(last)-keep):] {
		if out.line(l) != nil {
			return nil
		}
	}
	if !follow {
		return nil
	}
	q.Cursor, q.Tail, q.Since = cursor, 0, ""
	p, away := a.paint(a.Err), false
	err = c.FollowLogs(ctx, env, q, func(err error) {
		if !away && lockstep.CodeOf(err) == lockstep.CodeUnavailable {
			away = true
			line(a.Err, "%s", p.dim("the server does not answer: trying again"))
		}
	}, func(l lockstep.LogLine) bool {
		away = false
		return show(l)
	})
	if err == nil && q.Until != "" {
		a.ends(q, time.Now())
	}
	return quietly(ctx, follow, err)
}

// quietly takes an interrupt for the end that whoever follows wanted.
func quietly(ctx context.Context, follow bool, err error) error {
	if follow && errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

// logView prints lines: on a terminal with a colour for each service.
type logView struct {
	w      io.Writer
	p      paint
	format string
	wide   int // of the widest instance so far
	shown  int
}

func (v *logView) line(l lockstep.LogLine) error {
	v.shown++
	if v.format != "table" { // a document a line: there may be no end
		text, err := json.Marshal(l)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(v.w, "%s\n", text)
		return err
	}
	name := shortInstance(l)
	v.wide = max(v.wide, len(name))
	text := l.Text
	if l.Cut > 0 {
		text += v.p.warn(fmt.Sprintf(" … and %s more", sizeText(l.Cut)))
	}
	at := l.At.Local().Format("2006-01-02 15:04:05.000")
	if v.p.on {
		at = l.At.Local().Format("15:04:05.000")
	}
	_, err := fmt.Fprintf(v.w, "%s  %s  %s\n", v.p.dim(at), v.p.style(serviceColour(l.Service), pad(name, v.wide)), text)
	return err
}

// shortInstance is enough of an instance's name to tell it from its siblings:
// service, the beginning of the group's hash, and index.
func shortInstance(l lockstep.LogLine) string {
	rest, ok := strings.CutPrefix(l.Instance, l.Service+"-")
	hash, index, found := strings.Cut(rest, "-")
	if !ok || !found || len(hash) < 4 {
		return l.Instance
	}
	return l.Service + "-" + hash[:4] + "-" + index
}

// serviceColour is always the same for a service, and none that means good or bad.
func serviceColour(service string) string {
	colours := []string{"6", "4", "5", "14", "12", "13"}
	h := fnv.New32a()
	_, _ = h.Write([]byte(service)) // never fails
	return colours[h.Sum32()%uint32(len(colours))]
}
