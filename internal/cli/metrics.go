package cli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep"
)

func (a *app) metricsCommand() *cobra.Command {
	var length, step string
	cmd := &cobra.Command{
		Use:   "metrics ENV",
		Short: "Show what users and processes did: requests, latency, active users, resources",
		Long: `Shows totals of the last 24 hours, or of --range, and how they came about.

Latencies are quantiles of all requests of the range, as the edge measures them:
from the choice of an instance to the header of its answer. Active users are
distinct clients by address and browser, estimated within 2 to 3 %; addresses
are not kept. CPU and memory are those of the instances' processes, of what
their limits allow, or else of what the machine has.

Times in which no agent ran are gaps, and left out of the totals. Minutes are
kept for a day, quarters of an hour for 30 days.`,
		Args: atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			name, c, err := a.named(cmd, args)
			if err != nil {
				return err
			}
			m, err := c.Metrics(cmd.Context(), name, length, step)
			if err != nil {
				return err
			}
			return a.print(m, func(w io.Writer) { a.writeMetrics(w, name, m) })
		},
	}
	environmentFlag(cmd)
	cmd.Flags().StringVar(&length, "range", "24h", "how far back: 1h, 24h, 7d, 30d, or anything between 1m and 30d")
	cmd.Flags().StringVar(&step, "step", "", "of the series (default: at most 60 steps)")
	return cmd
}

func (a *app) writeMetrics(w io.Writer, name string, m lockstep.EnvironmentMetrics) {
	p := a.paint(w)
	line(w, "%s  %s", name, p.dim(coverageText(m)))
	t := m.Total
	rows := []string{
		"  requests", fmt.Sprintf("%s, %s/s", countText(t.Requests), rateText(t.PerSecond)),
		"  errors", errorsText(p, t),
		"  latency", quantilesText(t),
		"  active users", countText(t.ActiveUsers),
		"  traffic", fmt.Sprintf("%s in, %s out", sizeText(t.BytesIn), sizeText(t.BytesOut)),
		"  restarts", restartsText(p, t.Restarts),
		"  logs", logsText(m.Logs),
	}
	pairs(w, rows...)
	writeResources(w, p, t)
	writeSeries(w, p, m)
	writeParts(w, p, m)
	if m.Unknown != "" {
		paragraph(w, p.warn("  not among it: ")+"what happens now, because "+m.Unknown)
	}
}

func coverageText(m lockstep.EnvironmentMetrics) string {
	text := "the last " + spanText(m.Range.Std())
	switch {
	case m.Covered == 0:
		return text + ", of which nothing was seen"
	case m.Covered < 0.995:
		seen := float64(m.Until.Sub(m.From)) * m.Covered
		return text + fmt.Sprintf(", of which %s were seen", took(lockstep.Duration(seen).Std()))
	}
	return text
}

func errorsText(p paint, t lockstep.MetricTotals) string {
	text := fmt.Sprintf("%s (%s)", countText(t.Errors), percentText(100*t.ErrorRate))
	if t.Errors > 0 {
		return p.bad(text)
	}
	return text
}

func percentText(v float64) string {
	switch {
	case v == 0:
		return "0 %"
	case v < 0.01:
		return "<0.01 %"
	case v < 1:
		return fmt.Sprintf("%.2f %%", v)
	case v < 10:
		return fmt.Sprintf("%.1f %%", v)
	}
	return fmt.Sprintf("%.0f %%", v)
}

func quantilesText(t lockstep.MetricTotals) string {
	if t.Latency.P99 == 0 {
		return dash("")
	}
	return fmt.Sprintf("p50 %s, p95 %s, p99 %s", latencyText(t.Latency.P50), latencyText(t.Latency.P95), latencyText(t.Latency.P99))
}

func restartsText(p paint, n int64) string {
	if n > 0 {
		return p.warn(countText(n))
	}
	return "0"
}

func logsText(l lockstep.LogVolume) string {
	text := sizeText(l.Today) + " today"
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(l.Services)) {
		parts = append(parts, name+" "+sizeText(l.Services[name]))
	}
	if len(parts) > 1 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	return text
}

const barCells = 20

func writeResources(w io.Writer, p paint, t lockstep.MetricTotals) {
	if t.CPU == nil {
		return
	}
	var rows table
	add := func(name string, percent float64, note string) {
		b := bar(percent, barCells)
		switch {
		case percent >= 90:
			b = p.bad(b)
		case percent >= 75:
			b = p.warn(b)
		default:
			b = p.good(b)
		}
		rows.add("  "+name, b, fmt.Sprintf("%5s", percentText(percent)), p.dim(note))
	}
	line(w, "")
	add("cpu", t.CPU.Percent, fmt.Sprintf("%s of %s cores, at most %s", coresText(t.CPU.Average), coresText(t.CPU.Of), coresText(t.CPU.Peak)))
	add("memory", t.Memory.Percent, fmt.Sprintf("%s of %s, at most %s", sizeText(int64(t.Memory.Average)), sizeText(int64(t.Memory.Of)), sizeText(int64(t.Memory.Peak))))
	if s := t.Storage; s != nil {
		own := sizeText(s.Bytes)
		if s.AtLeast {
			own = "at least " + own
		}
		add("storage", s.Percent, fmt.Sprintf("of %s are used by all; its own files: %s", sizeText(s.Of), own))
	}
	rows.write(w)
}

// writeSeries draws one line for each figure, and says what its highest is.
func writeSeries(w io.Writer, p paint, m lockstep.EnvironmentMetrics) {
	if len(m.Series) < 2 || m.Covered == 0 {
		return
	}
	known := make([]bool, len(m.Series))
	for i, point := range m.Series {
		known[i] = point.Covered > 0
	}
	var rows table
	add := func(name string, of func(lockstep.MetricPoint) float64, text func(float64) string) {
		values := make([]float64, len(m.Series))
		for i, point := range m.Series {
			values[i] = of(point)
		}
		rows.add("  "+name, p.blue(spark(values, known)), p.dim("up to "+text(slices.Max(values))))
	}
	line(w, "")
	add("requests/s", func(x lockstep.MetricPoint) float64 { return x.PerSecond }, rateText)
	add("errors", func(x lockstep.MetricPoint) float64 { return float64(x.Errors) }, func(v float64) string { return countText(int64(v)) })
	add("p95", func(x lockstep.MetricPoint) float64 { return x.Latency.P95 }, latencyText)
	add("active users", func(x lockstep.MetricPoint) float64 { return float64(x.ActiveUsers) }, func(v float64) string { return countText(int64(v)) })
	add("cpu", func(x lockstep.MetricPoint) float64 { return x.CPU }, func(v float64) string { return coresText(v) + " cores" })
	add("memory", func(x lockstep.MetricPoint) float64 { return x.Memory }, func(v float64) string { return sizeText(int64(v)) })
	rows.add("", p.dim(fmt.Sprintf("from %s, a column for each %s", m.From.Local().Format("Jan 2 15:04"), spanText(m.Step.Std()))))
	rows.write(w)
}

func writeParts(w io.Writer, p paint, m lockstep.EnvironmentMetrics) {
	if len(m.Services)+len(m.Releases) == 0 {
		return
	}
	rows := table{head: []string{"  ", "REQUESTS", "ERRORS", "P50", "P95", "P99", "USERS", "CPU", "MEMORY", "RESTARTS", "LOGS"}}
	add := func(name string, t lockstep.MetricTotals, users string) {
		cpu, memory := dash(""), dash("")
		if t.CPU != nil {
			cpu, memory = coresText(t.CPU.Average), sizeText(int64(t.Memory.Average))
		}
		rows.add("  "+name, countText(t.Requests), errorsText(p, t), latencyText(t.Latency.P50), latencyText(t.Latency.P95), latencyText(t.Latency.P99),
			users, cpu, memory, restartsText(p, t.Restarts), sizeText(t.LogBytes))
	}
	for _, s := range m.Services {
		add(s.Name, s.MetricTotals, "")
	}
	for _, r := range m.Releases {
		name := r.Version
		if name == "" {
			name = shortID(r.Revision)
		}
		add(strings.TrimSpace(name+" "+p.dim(r.Hash)), r.MetricTotals, countText(r.ActiveUsers))
	}
	line(w, "")
	rows.write(w)
}
