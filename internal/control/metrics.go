package control

import (
	"context"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// The ranges that can be asked for.
const (
	DefaultRange = 24 * time.Hour
	shortest     = time.Minute
	longest      = 30 * 24 * time.Hour
	minutesKept  = 24 * time.Hour // for longer ranges there are quarters of an hour
	minutesRead  = 2 * time.Hour  // up to here a range is read from minutes
	mostPoints   = 1500
	nicePoints   = 60
)

// window is a range of time and how it is read.
type window struct {
	length, step time.Duration // of the range, and of its series
	rows         time.Duration // FigureMinute or FigureQuarter
	until        time.Time     // zero: now
	by           string        // "", revision or service
}

// windowOf checks what was asked for; 0 is the default.
func windowOf(length, step time.Duration) (window, error) { return pastWindow(length, step, 0) }

// pastWindow is windowOf for a range that ended so long ago. Minutes are kept
// for a day only: what is older has quarters of an hour.
func pastWindow(length, step, ago time.Duration) (window, error) {
	if length == 0 {
		length = DefaultRange
	}
	if length < shortest || length > longest {
		return window{}, lockstep.Invalid("range", "range is from 1m to 30d: figures are kept for 30 days")
	}
	if ago > 0 && ago+length > longest {
		return window{}, lockstep.Invalid("from", "figures are kept for 30 days")
	}
	w := window{length: length, step: step, rows: lockstep.FigureQuarter}
	if step == 0 {
		w.step = niceSteps[len(niceSteps)-1]
		for _, nice := range niceSteps {
			if length <= nicePoints*nice {
				w.step = nice
				break
			}
		}
	}
	if ago+length <= minutesKept && (length <= minutesRead || w.step%lockstep.FigureQuarter != 0) {
		w.rows = lockstep.FigureMinute
	}
	if step == 0 && w.step < w.rows {
		w.step = w.rows
	}
	switch {
	case w.step < w.rows || w.step%w.rows != 0:
		return w, lockstep.Invalid("step", "step is a multiple of %s for a range of %s: minutes are kept for a day, quarters of an hour for 30", minutes(w.rows), minutes(length))
	case length/w.step > mostPoints:
		return w, lockstep.Invalid("step", "there are at most %d steps in an answer: ask for longer ones", mostPoints)
	}
	return w, nil
}

func minutes(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

// MetricsQuery says of which time figures are, and how they are laid out.
type MetricsQuery struct {
	Range, Step time.Duration // 0: the defaults
	From, Until time.Time     // instead of Range; zero: Range before Until, now
	By          string        // revision or service: a series of each, beside that of all
}

// Metrics are what users and processes did in a stretch of time, in steps.
func (c *Control) Metrics(ctx context.Context, projectName, environmentRef string, q MetricsQuery) (lockstep.EnvironmentMetrics, error) {
	w, err := q.window(c.now())
	if err != nil {
		return lockstep.EnvironmentMetrics{}, err
	}
	env, err := view(ctx, c, func(tx Tx) (lockstep.Environment, error) {
		return environment(tx, projectName, environmentRef)
	})
	if err != nil {
		return lockstep.EnvironmentMetrics{}, err
	}
	return c.measure(ctx, env, w, c.elsewhere(env), true)
}

func (q MetricsQuery) window(now time.Time) (window, error) {
	if q.By != "" && q.By != "revision" && q.By != "service" {
		return window{}, lockstep.Invalid("by", "by is revision or service")
	}
	if q.From.IsZero() && q.Until.IsZero() {
		w, err := windowOf(q.Range, q.Step)
		w.by = q.By
		return w, err
	}
	until := q.Until
	if until.IsZero() || until.After(now) {
		until = now
	}
	length := q.Range
	if !q.From.IsZero() {
		if q.Range != 0 {
			return window{}, lockstep.Invalid("range", "name a range, or from when it is, not both")
		}
		if length = until.Sub(q.From); length < shortest {
			return window{}, lockstep.Invalid("from", "from is at least a minute before until, and before now")
		}
	}
	w, err := pastWindow(length, q.Step, now.Sub(until))
	w.until, w.by = until, q.By
	return w, err
}

// summary is what a status says of the last day.
func (c *Control) summary(ctx context.Context, env lockstep.Environment, unreachable string) (*lockstep.EnvironmentMetrics, error) {
	w, err := windowOf(DefaultRange, 0)
	if err != nil {
		return nil, err
	}
	m, err := c.measure(ctx, env, w, unreachable, false)
	return &m, err
}

// measure reads what is stored, and then what is not over yet: in this order
// nothing is counted twice.
func (c *Control) measure(ctx context.Context, env lockstep.Environment, w window, unreachable string, series bool) (lockstep.EnvironmentMetrics, error) {
	if unreachable == "" {
		if err := c.fetch(ctx); err != nil {
			unreachable = whyNot(err)
		}
	}
	now := c.now()
	until := now
	if !w.until.IsZero() {
		until = w.until
	}
	from := until.Add(-w.length).Truncate(w.rows)
	if series {
		from = until.Add(-w.length).Truncate(w.step)
	}
	midnight := now.Truncate(24 * time.Hour)
	var rows, today []lockstep.FiguresRow
	_, err := view(ctx, c, func(tx Tx) (_ struct{}, err error) {
		if rows, err = tx.Figures(env.ID, w.rows, from, until); err == nil {
			today, err = tx.Figures(env.ID, lockstep.FigureQuarter, midnight, now)
		}
		return struct{}{}, err
	})
	if err != nil {
		return lockstep.EnvironmentMetrics{}, err
	}
	if unreachable == "" {
		var open lockstep.Usage
		if open, unreachable = c.usage(ctx, env); unreachable == "" && !open.At.IsZero() {
			today = append(today, openRow(open))
			if open.OpenFrom.Before(until) {
				rows = append(rows, openRow(open))
			}
		}
	}
	out := report(rows, today)
	out.Range, out.Step, out.From, out.Until, out.Unknown = lockstep.Duration(w.length), lockstep.Duration(w.step), from, until, unreachable
	out.Covered = min(1, out.Covered/until.Sub(from).Seconds())
	if err := c.name(ctx, out.Releases); err != nil {
		return out, err
	}
	out.Series = []lockstep.MetricPoint{}
	if series {
		out.Series = lockstep.Series(rows, from, until, w.step)
	}
	if w.by == "" {
		return out, nil
	}
	out.By = lockstep.SeriesBy(rows, from, until, w.step, keys[w.by])
	for i, s := range out.By {
		for _, r := range out.Releases {
			if w.by == "revision" && r.Revision == s.Key {
				out.By[i].Hash, out.By[i].Version = r.Hash, r.Version
			}
		}
	}
	return out, nil
}

// keys are what figures can be taken apart by.
var keys = map[string]func(lockstep.FiguresPart) string{
	"revision": func(p lockstep.FiguresPart) string { return p.Revision },
	"service":  func(p lockstep.FiguresPart) string { return p.Service },
}

// name says of revisions, as far as they are kept, what people call them.
func (c *Control) name(ctx context.Context, revisions []lockstep.ReleaseMetrics) error {
	if len(revisions) == 0 {
		return nil
	}
	_, err := view(ctx, c, func(tx Tx) (struct{}, error) {
		for i := range revisions {
			r, err := tx.Revision(revisions[i].Revision)
			if lockstep.CodeOf(err) == lockstep.CodeNotFound {
				continue
			}
			if err != nil {
				return struct{}{}, err
			}
			revisions[i].Hash, revisions[i].Version = lockstep.ShortHash(r.Hash), r.Content.Release
		}
		return struct{}{}, nil
	})
	return err
}

// report adds rows up. Covered is in seconds.
func report(rows, today []lockstep.FiguresRow) lockstep.EnvironmentMetrics {
	var sum lockstep.FiguresRow
	for _, r := range rows {
		sum = sum.Plus(r)
	}
	out := lockstep.EnvironmentMetrics{
		Covered: sum.Covered.Seconds(), Total: sum.All.Totals(sum.Covered),
		Services: sum.ByService(sum.Covered), Releases: sum.ByRevision(sum.Covered),
		Logs: lockstep.LogVolume{Services: map[string]int64{}},
	}
	for _, r := range today {
		out.Logs.Today += r.All.LogBytes
		for _, p := range r.Parts {
			if p.LogBytes > 0 {
				out.Logs.Services[p.Service] += p.LogBytes
			}
		}
	}
	return out
}

// fetch brings the newest minutes; that it takes long is no reason to wait.
func (c *Control) fetch(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, observeTimeout)
	defer cancel()
	return c.meter.Fetch(ctx)
}

// whyNot is unreachable where a variable has its name.
func whyNot(err error) string { return unreachable(err) }
