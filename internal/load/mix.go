package load

import (
	"fmt"
	"net/url"
	"strings"
)

// Kind is a kind of request.
type Kind string

// The kinds; the package comment says what each does.
const (
	Get       Kind = "get"
	Post      Kind = "post"
	Slow      Kind = "slow"
	WebSocket Kind = "websocket"
	SSE       Kind = "sse"
)

// Kinds returns all kinds in the order in which reports show them.
func Kinds() []Kind { return []Kind{Get, Post, Slow, WebSocket, SSE} }

func (m Mix) weight(k Kind) int {
	var w int
	switch k {
	case Get:
		w = m.Get
	case Post:
		w = m.Post
	case Slow:
		w = m.Slow
	case WebSocket:
		w = m.WebSocket
	case SSE:
		w = m.SSE
	}
	return max(w, 0)
}

func (m Mix) sum() int {
	total := 0
	for _, k := range Kinds() {
		total += m.weight(k)
	}
	return total
}

// shot is one request to be sent.
type shot struct {
	kind  Kind
	url   *url.URL // shared: read only
	fresh bool     // on a connection of its own
}

// rotation deals out shots in the mix's proportions, evenly interleaved
// (smooth weighted round robin), without randomness: two runs of equal length
// send the same.
type rotation struct {
	lanes []lane
	total int
}

type lane struct {
	shot
	weight  int
	current int
	share   float64 // of this lane's shots that are fresh
	owed    float64 // fresh shots due; kept by lane, or a kind could always fall on the same side
}

func newRotation(host string, o Options) *rotation {
	r := &rotation{}
	for _, k := range Kinds() {
		// Each GET path is a lane of its own; the factor keeps weights whole.
		weight := o.Mix.weight(k) * len(o.GetPaths)
		paths := []string{o.path(k)}
		if k == Get {
			weight, paths = o.Mix.Get, o.GetPaths
		}
		if weight <= 0 {
			continue
		}
		for _, path := range paths {
			r.lanes = append(r.lanes, lane{shot: shot{kind: k, url: address(host, path)}, weight: weight})
			r.total += weight
		}
	}
	always := float64(o.Mix.weight(WebSocket)) / float64(o.Mix.sum())
	for i := range r.lanes {
		switch l := &r.lanes[i]; {
		case l.kind == WebSocket:
			l.share = 1
		default:
			l.share = max(0, (o.NewConnections-always)/(1-always))
		}
	}
	return r
}

// secure makes all requests HTTPS.
func (r *rotation) secure() {
	for i := range r.lanes {
		r.lanes[i].url.Scheme = "https"
	}
}

func (r *rotation) next() shot {
	best := &r.lanes[0]
	for i := range r.lanes {
		l := &r.lanes[i]
		l.current += l.weight
		if l.current > best.current {
			best = l
		}
	}
	best.current -= r.total
	best.owed += best.share
	// Sums of shares such as 0.1 fall short of 1 by a rounding error.
	fresh := best.owed > 1-1e-9
	if fresh {
		best.owed--
	}
	return shot{kind: best.kind, url: best.url, fresh: fresh}
}

func (o Options) path(k Kind) string {
	switch k {
	case Post:
		return "/api/orders"
	case Slow:
		return fmt.Sprintf("/api/slow?ms=%d", o.SlowFor.Milliseconds())
	case WebSocket:
		return "/api/ws"
	case SSE:
		return fmt.Sprintf("/api/events?count=%d", o.Events)
	case Get:
	}
	return ""
}

func address(host, path string) *url.URL {
	path, query, _ := strings.Cut(path, "?")
	return &url.URL{Scheme: "http", Host: host, Path: path, RawQuery: query}
}
