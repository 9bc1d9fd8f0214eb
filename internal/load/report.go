package load

import (
	"fmt"
	"strings"
	"time"
)

// Report is what happened to the requests; the package comment defines every
// number in it.
type Report struct {
	Started  time.Time
	Duration time.Duration // until now, or until the arrivals ended

	Sent, OK, Failed, Shed, Aborted int64
	InFlight                        int // now

	ByKind    map[Kind]Counts
	ByRelease map[string]int64

	P50, P95, P99, Max time.Duration // of get and post that were OK

	FirstFailures []Failure // at most 20

	NewConnections, ReusedConnections int64
}

// Counts are those of one kind.
type Counts struct {
	Sent, OK, Failed, Shed, Aborted int64
	P50, P95, P99, Max              time.Duration
}

// Failure is a request that failed.
type Failure struct {
	Kind    Kind
	At      time.Time
	Status  int    // 0 where there was no answer
	Release string // that answered, where it is known
	Err     string
}

func (f Failure) String() string {
	from := ""
	if f.Release != "" {
		from = " from release " + f.Release
	}
	return fmt.Sprintf("%s %s%s: %s", f.At.Format("15:04:05.000"), f.Kind, from, f.Err)
}

// Rate is in requests sent per second.
func (r Report) Rate() float64 {
	if r.Duration <= 0 {
		return 0
	}
	return float64(r.Sent) / r.Duration.Seconds()
}

// String is one line for people. It names what was shed or aborted only where
// there is such, and failures always.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d requests in %s (%.0f/s): %d ok, %d failed", r.Sent, r.Duration.Round(100*time.Millisecond), r.Rate(), r.OK, r.Failed)
	if r.Shed > 0 {
		fmt.Fprintf(&b, ", %d not sent (too many in flight)", r.Shed)
	}
	if r.Aborted > 0 {
		fmt.Fprintf(&b, ", %d aborted by us", r.Aborted)
	}
	if r.InFlight > 0 {
		fmt.Fprintf(&b, ", %d in flight", r.InFlight)
	}
	fmt.Fprintf(&b, "; p50 %s p99 %s max %s; %d new and %d reused connections",
		short(r.P50), short(r.P99), short(r.Max), r.NewConnections, r.ReusedConnections)
	return b.String()
}

func short(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// report gives what was counted since the base.
func (t *tally) report(started time.Time, base counters) Report {
	t.mu.Lock()
	now := t.now.clone()
	out := Report{
		Started:           started,
		InFlight:          t.flying,
		FirstFailures:     t.failuresSince(base.failures),
		NewConnections:    now.fresh - base.fresh,
		ReusedConnections: now.reused - base.reused,
	}
	ended := t.ended
	t.mu.Unlock()

	if ended.IsZero() {
		ended = time.Now()
	}
	out.Duration = max(0, ended.Sub(started))
	out.ByKind = map[Kind]Counts{}
	var quick histogram
	for k, of := range now.kinds {
		c, latency := of.since(base.kinds[k])
		if c == (Counts{}) {
			continue
		}
		out.ByKind[k] = c
		out.Sent += c.Sent
		out.OK += c.OK
		out.Failed += c.Failed
		out.Shed += c.Shed
		out.Aborted += c.Aborted
		if k == Get || k == Post {
			quick.plus(latency)
		}
	}
	out.P50, out.P95, out.P99, out.Max = quick.quantile(0.50), quick.quantile(0.95), quick.quantile(0.99), quick.max
	out.ByRelease = map[string]int64{}
	for release, n := range now.releases {
		if n -= base.releases[release]; n > 0 {
			out.ByRelease[release] = n
		}
	}
	return out
}

func (c kindCounters) since(base kindCounters) (Counts, histogram) {
	var latency histogram
	if c.latency != nil {
		latency = *c.latency
	}
	if base.latency != nil {
		latency.minus(*base.latency)
	}
	return Counts{
		Sent:    c.sent - base.sent,
		OK:      c.ok - base.ok,
		Failed:  c.failed - base.failed,
		Shed:    c.shed - base.shed,
		Aborted: c.aborted - base.aborted,
		P50:     latency.quantile(0.50),
		P95:     latency.quantile(0.95),
		P99:     latency.quantile(0.99),
		Max:     latency.max,
	}, latency
}
