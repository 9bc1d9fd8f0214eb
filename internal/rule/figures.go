package rule

import (
	"fmt"
	"strconv"

	"github.com/lockstep-dev/lockstep"
)

// Figures are what a rule is over: what both sides did in the same window.
type Figures struct {
	New Side `expr:"new"`
	Old Side `expr:"old"`
}

// Side is one revision, in all and by route: the prefix that led there.
type Side struct {
	Requests  int              `expr:"requests"`
	Errors    int              `expr:"errors"`
	ErrorRate float64          `expr:"errorRate"` // from 0 to 1; 0 where there was no request
	P50       float64          `expr:"p50"`       // milliseconds, as the next two
	P95       float64          `expr:"p95"`
	P99       float64          `expr:"p99"`
	Routes    map[string]Route `expr:"routes"`
}

// Route is a side's part that went to one route.
type Route struct {
	Requests  int     `expr:"requests"`
	Errors    int     `expr:"errors"`
	ErrorRate float64 `expr:"errorRate"`
	P50       float64 `expr:"p50"`
	P95       float64 `expr:"p95"`
	P99       float64 `expr:"p99"`
}

// SideOf are the figures of a revision in a window.
func SideOf(s lockstep.RevisionStats) Side {
	var all lockstep.Histogram
	side := Side{Routes: map[string]Route{}}
	for prefix, r := range s.Routes {
		all = all.Plus(r.Latencies)
		side.Routes[prefix] = routeOf(r.Requests, r.Errors, r.Latencies)
	}
	whole := routeOf(s.Requests+s.Failed, s.Errors+s.Failed, all)
	side.Requests, side.Errors, side.ErrorRate = whole.Requests, whole.Errors, whole.ErrorRate
	side.P50, side.P95, side.P99 = whole.P50, whole.P95, whole.P99
	return side
}

func routeOf(requests, errors int64, latencies lockstep.Histogram) Route {
	r := Route{Requests: int(requests), Errors: int(errors)}
	if requests > 0 {
		r.ErrorRate = float64(errors) / float64(requests)
	}
	q := latencies.Quantiles()
	r.P50, r.P95, r.P99 = q.P50, q.P95, q.P99
	return r
}

// whole is the side as one more route.
func (s Side) whole() Route {
	return Route{s.Requests, s.Errors, s.ErrorRate, s.P50, s.P95, s.P99}
}

// figure is a number that a rule reads: new.p95, or old.routes["/api"].errors.
type figure struct {
	old    bool
	routed bool
	route  string
	name   string
}

func (f figure) String() string {
	side := "new"
	if f.old {
		side = "old"
	}
	if f.routed {
		side += ".routes[" + strconv.Quote(f.route) + "]"
	}
	return side + "." + f.name
}

func (f figure) of(all Figures) string {
	side := all.New
	if f.old {
		side = all.Old
	}
	r := side.whole()
	if f.routed {
		r = side.Routes[f.route]
	}
	switch f.name {
	case "requests":
		return strconv.Itoa(r.Requests)
	case "errors":
		return strconv.Itoa(r.Errors)
	case "errorRate":
		return fmt.Sprintf("%.4g (%d of %d)", r.ErrorRate, r.Errors, r.Requests)
	case "p50":
		return milliseconds(r.P50)
	case "p95":
		return milliseconds(r.P95)
	default:
		return milliseconds(r.P99)
	}
}

func milliseconds(ms float64) string { return fmt.Sprintf("%.3g ms", ms) }
