package lockstep

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// EnvironmentMetrics is A's getEnvironmentMetrics: what users and processes
// did in a range of time. What was not seen is left out, not counted as 0.
type EnvironmentMetrics struct {
	Range    Duration         `json:"rangeMs"`
	From     time.Time        `json:"from"`
	Until    time.Time        `json:"until"`
	Step     Duration         `json:"stepMs"`            // of Series
	Covered  float64          `json:"covered"`           // the share of the range that was seen, from 0 to 1
	Total    MetricTotals     `json:"total"`             // of the range
	Services []ServiceMetrics `json:"services"`          // by name
	Releases []ReleaseMetrics `json:"revisions"`         // those that served, the busiest first
	Series   []MetricPoint    `json:"series"`            // every step of the range, oldest first
	By       []MetricSeries   `json:"by,omitempty"`      // the same of each revision or service, where that was asked for
	Logs     LogVolume        `json:"logs"`              //
	Unknown  string           `json:"unknown,omitempty"` // why what happens now is not among them, for people
}

// MetricTotals are figures as people read them.
type MetricTotals struct {
	Requests    int64     `json:"requests"`
	Errors      int64     `json:"errors"`    // 5xx, broken answers, and those that reached no instance
	ErrorRate   float64   `json:"errorRate"` // of all requests, from 0 to 1
	PerSecond   float64   `json:"requestsPerSecond"`
	Latency     Quantiles `json:"latency"`     // milliseconds
	ActiveUsers int64     `json:"activeUsers"` // distinct clients, estimated
	BytesIn     int64     `json:"bytesIn"`     // of bodies
	BytesOut    int64     `json:"bytesOut"`
	Restarts    int64     `json:"restarts"`
	LogBytes    int64     `json:"logBytes"`

	CPU     *ResourceUse `json:"cpu,omitempty"`    // cores
	Memory  *ResourceUse `json:"memory,omitempty"` // bytes
	Storage *StorageUse  `json:"storage,omitempty"`
}

// ResourceUse is how much of what there is was used. Of is what the limits
// allow, or where there are none what the machine has.
type ResourceUse struct {
	Average float64 `json:"average"`
	Peak    float64 `json:"peak"`
	Of      float64 `json:"of"`
	Percent float64 `json:"percent"` // of Of, on average
}

// StorageUse is what an environment's own files take: logs and working
// directories; artifacts are shared.
type StorageUse struct {
	Bytes   int64   `json:"bytes"`
	Of      int64   `json:"of"`                // of the file system, with what everybody else has there
	Free    int64   `json:"free"`              //
	AtLeast bool    `json:"atLeast,omitempty"` // there are too many files to count
	Percent float64 `json:"percent"`           // how full the file system is
}

// ServiceMetrics are those of one service.
type ServiceMetrics struct {
	Name string `json:"name"`
	MetricTotals
}

// ReleaseMetrics are those of one revision.
type ReleaseMetrics struct {
	Revision string `json:"revision"` // ID
	Hash     string `json:"hash,omitempty"`
	Version  string `json:"version,omitempty"`
	MetricTotals
}

// MetricPoint is one step. Where Covered is 0 nothing is known: a gap.
type MetricPoint struct {
	At          time.Time `json:"at"`
	Covered     float64   `json:"covered"`
	Requests    int64     `json:"requests"`
	Errors      int64     `json:"errors"`
	ErrorRate   float64   `json:"errorRate"` // of all requests, from 0 to 1
	PerSecond   float64   `json:"requestsPerSecond"`
	Latency     Quantiles `json:"latency"`
	ActiveUsers int64     `json:"activeUsers"`
	BytesIn     int64     `json:"bytesIn"` // of bodies, through the edge
	BytesOut    int64     `json:"bytesOut"`
	CPU         float64   `json:"cpu"`    // cores
	Memory      float64   `json:"memory"` // bytes
	Restarts    int64     `json:"restarts"`
	LogBytes    int64     `json:"logBytes"`
}

// MetricSeries is a series of one revision or service.
type MetricSeries struct {
	Key     string        `json:"key"`               // a revision's ID, a service's name
	Hash    string        `json:"hash,omitempty"`    // of a revision, as far as it is kept
	Version string        `json:"version,omitempty"` //
	Total   MetricTotals  `json:"total"`
	Points  []MetricPoint `json:"points"`
}

// SeriesBy are the series of what a part belongs to by its key, in the order
// of these; parts without a key belong to nothing.
func SeriesBy(rows []FiguresRow, from, until time.Time, step time.Duration, key func(FiguresPart) string) []MetricSeries {
	apart := map[string][]FiguresRow{}
	for _, r := range rows {
		for k, f := range r.by(key) {
			apart[k] = append(apart[k], FiguresRow{At: r.At, Covered: r.Covered, EnvironmentFigures: EnvironmentFigures{All: f}})
		}
	}
	out := []MetricSeries{}
	for _, k := range slices.Sorted(maps.Keys(apart)) {
		var sum FiguresRow
		for _, r := range apart[k] {
			sum = sum.Plus(r)
		}
		out = append(out, MetricSeries{Key: k, Total: sum.All.Totals(sum.Covered), Points: Series(apart[k], from, until, step)})
	}
	return out
}

// LogVolume is how much was logged since midnight, UTC.
type LogVolume struct {
	Today    int64            `json:"today"`
	Services map[string]int64 `json:"services"`
}

// Totals reads figures of a time that was covered for so long.
func (f Figures) Totals(covered time.Duration) MetricTotals {
	t := MetricTotals{
		Requests: f.Requests + f.Failed, Errors: f.Errors + f.Failed, Latency: f.Latencies.Quantiles(),
		ActiveUsers: f.Clients.Estimate(), BytesIn: f.BytesIn, BytesOut: f.BytesOut,
		Restarts: f.Restarts, LogBytes: f.LogBytes,
	}
	if t.Requests > 0 {
		t.ErrorRate = float64(t.Errors) / float64(t.Requests)
	}
	if s := covered.Seconds(); s > 0 {
		t.PerSecond = float64(t.Requests) / s
	}
	if f.Looked > 0 {
		seconds := float64(f.Looked) / 1000
		t.CPU = resource(float64(f.CPU)/1000/seconds, float64(f.CPUPeak)/1000, float64(f.CPUOf)/1000/seconds)
		t.Memory = resource(float64(f.Memory)*1024/seconds, float64(f.MemoryPeak), float64(f.MemoryOf)*1024/seconds)
	}
	if f.DiskOf > 0 {
		t.Storage = &StorageUse{
			Bytes: f.Disk, Of: f.DiskOf, Free: f.DiskFree, AtLeast: f.DiskAtLeast,
			Percent: 100 * float64(f.DiskOf-f.DiskFree) / float64(f.DiskOf),
		}
	}
	return t
}

func resource(average, peak, of float64) *ResourceUse {
	r := &ResourceUse{Average: average, Peak: max(peak, average), Of: of}
	if of > 0 {
		r.Percent = 100 * average / of
	}
	return r
}

// Point is a row as one step of a series.
func (r FiguresRow) Point(step time.Duration) MetricPoint {
	p := MetricPoint{At: r.At, Covered: min(1, r.Covered.Seconds()/step.Seconds())}
	t := r.All.Totals(r.Covered)
	p.Requests, p.Errors, p.PerSecond, p.Latency, p.ActiveUsers = t.Requests, t.Errors, t.PerSecond, t.Latency, t.ActiveUsers
	p.ErrorRate, p.BytesIn, p.BytesOut = t.ErrorRate, t.BytesIn, t.BytesOut
	p.Restarts, p.LogBytes = t.Restarts, t.LogBytes
	if t.CPU != nil {
		p.CPU, p.Memory = t.CPU.Average, t.Memory.Average
	}
	return p
}

// Series are rows in steps over a range; rows are in order. Steps without rows
// are there, uncovered.
func Series(rows []FiguresRow, from, until time.Time, step time.Duration) []MetricPoint {
	out := []MetricPoint{}
	for at := from; at.Before(until); at = at.Add(step) {
		sum := FiguresRow{At: at}
		for len(rows) > 0 && rows[0].At.Before(at.Add(step)) {
			sum = sum.Plus(rows[0])
			rows = rows[1:]
		}
		out = append(out, sum.Point(step))
	}
	return out
}

// ByService and ByRevision add up the parts of a sum. What limits allow is
// that of all instances together.
func (e EnvironmentFigures) ByService(covered time.Duration) []ServiceMetrics {
	out := []ServiceMetrics{}
	for name, f := range e.by(func(p FiguresPart) string { return p.Service }) {
		out = append(out, ServiceMetrics{name, f.Totals(covered)})
	}
	slices.SortFunc(out, func(a, b ServiceMetrics) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// ByRevision is ByService for revisions, the busiest first.
func (e EnvironmentFigures) ByRevision(covered time.Duration) []ReleaseMetrics {
	out := []ReleaseMetrics{}
	for id, f := range e.by(func(p FiguresPart) string { return p.Revision }) {
		out = append(out, ReleaseMetrics{Revision: id, MetricTotals: f.Totals(covered)})
	}
	slices.SortFunc(out, func(a, b ReleaseMetrics) int {
		if a.Requests != b.Requests {
			return int(min(1, max(-1, b.Requests-a.Requests)))
		}
		return strings.Compare(a.Revision, b.Revision)
	})
	return out
}

func (e EnvironmentFigures) by(key func(FiguresPart) string) map[string]Figures {
	out := map[string]Figures{}
	for _, p := range e.Parts {
		k := key(p)
		if k == "" {
			continue
		}
		sum, looked := out[k], max(out[k].Looked, p.Looked) // side by side, not one after the other
		sum = sum.Plus(p.Figures)
		sum.Looked = looked
		out[k] = sum
	}
	return out
}
