package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"syscall"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// health is a HealthSpec with its defaults.
type health struct {
	path               string
	interval, timeout  time.Duration
	healthy, unhealthy int // answers in a row
}

func healthOf(s lockstep.HealthSpec, path string) health {
	return health{
		path:      path,
		interval:  s.Interval.Or(lockstep.DefaultHealthInterval),
		timeout:   s.Timeout.Or(lockstep.DefaultHealthTimeout),
		healthy:   max(s.HealthyAfter, 1),
		unhealthy: or(s.UnhealthyAfter, 3),
	}
}

func or(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}

// Until an instance is ready for the first time it is asked often: at once
// very often, later less.
const (
	firstProbe = 10 * time.Millisecond
	lastProbe  = 100 * time.Millisecond
)

func startPause(running time.Duration) time.Duration {
	return min(max(firstProbe, running/10), lastProbe)
}

// watch asks the process for its health until it ends or shall end, and shows
// what that means.
func (i *instance) watch(p *process) outcome {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // a probe under way ends with the reason to watch
		defer cancel()
		select {
		case <-p.exited:
		case <-i.halting:
		case <-i.a.detached:
		case <-ctx.Done():
		}
	}()
	spec, fill := i.group.Spec.Health, placeholders(i.group.Place, i.port())
	w := &watched{i: i, p: p, health: healthOf(spec, fill.Replace(spec.Path)), client: probeClient(i.port())}
	_, w.ready = i.isReady()
	w.settled = w.ready
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-i.halting:
			return halted
		case <-p.exited:
			return exited
		case <-i.a.detached:
			return detached
		case <-timer.C:
		}
		if w.look(ctx) == strangerListens {
			return displaced
		}
		timer.Reset(w.pause())
	}
}

func (i *instance) port() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.rec.Port
}

// watched is what is known of a process while it is watched.
type watched struct {
	i      *instance
	p      *process
	health health
	client *http.Client

	ready         bool
	settled       bool // it was ready once
	owned         bool // what answers was seen to be its own
	passes, fails int  // in a row
}

func (w *watched) pause() time.Duration {
	if w.settled {
		return w.health.interval
	}
	return min(startPause(time.Since(w.p.since)), w.health.interval)
}

// look asks once. strangerListens is returned where the port is not the
// instance's, anything else otherwise.
func (w *watched) look(ctx context.Context) ownership {
	reason, answered := w.probe(ctx)
	if ctx.Err() != nil {
		return nobodyListens // interrupted: it says nothing
	}
	if answered && !w.owned {
		owner, who := w.i.a.table.ownerOf(w.i.port(), w.p.family())
		switch owner {
		case strangerListens:
			w.i.show(lockstep.InstanceStarting, fmt.Sprintf("port %d belongs to %s: another port is tried", w.i.port(), who))
			return strangerListens
		case nobodyListens:
			reason = fmt.Sprintf("nothing listens on port %d any more", w.i.port())
		case oursListens:
			w.owned = true
		}
	}
	if reason == "" {
		w.passes, w.fails = w.passes+1, 0
	} else {
		w.passes, w.fails = 0, w.fails+1
	}
	switch {
	case !w.ready && w.passes >= w.health.healthy:
		w.ready, w.settled = true, true
		w.i.show(lockstep.InstanceReady, "")
	case w.ready && w.fails >= w.health.unhealthy:
		w.ready, w.owned = false, false
		w.i.show(lockstep.InstanceUnready, reason)
	case !w.ready && w.settled:
		w.i.show(lockstep.InstanceUnready, w.pending(reason))
	case !w.ready:
		w.i.show(lockstep.InstanceStarting, w.pending(reason)) // how long it may take, who waits for it knows
	}
	return nobodyListens
}

// pending is why an instance that answered is not ready.
func (w *watched) pending(reason string) string {
	if reason != "" {
		return reason
	}
	return fmt.Sprintf("answered %d of %d times in a row", w.passes, w.health.healthy)
}

// probe is "" where the instance answers as it should, and otherwise what is
// wrong, for people; answered says that something is there, right or wrong.
func (w *watched) probe(ctx context.Context) (wrong string, answered bool) {
	ctx, cancel := context.WithTimeout(ctx, w.health.timeout)
	defer cancel()
	port := w.i.port()
	if w.health.path == "" {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp4", loopback(port))
		if err != nil {
			return w.describe(fmt.Sprintf("connecting to port %d", port), port, err), false
		}
		_ = conn.Close() // it was opened, which is the answer
		return "", true
	}
	what := "GET " + w.health.path
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, localURL(port)+w.health.path, nil)
	if err != nil {
		return what + ": the health path is not a path", false
	}
	req.Header.Set("User-Agent", "lockstep-agent")
	res, err := w.client.Do(req)
	if err != nil {
		return w.describe(what, port, err), !errors.Is(err, syscall.ECONNREFUSED)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // the status is the answer
	if res.StatusCode/100 != 2 {
		return fmt.Sprintf("%s answered %d", what, res.StatusCode), true
	}
	return "", true
}

func (w *watched) describe(what string, port int, err error) string {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		if listensSomewhere(port) {
			return fmt.Sprintf("it listens on port %d of another address: make it listen on 127.0.0.1", port)
		}
		if w.settled {
			return fmt.Sprintf("nothing listens on port %d", port)
		}
		return fmt.Sprintf("nothing listens on port %d yet", port)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("%s did not answer within %s", what, w.health.timeout)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return fmt.Sprintf("%s failed: %v", what, err)
}

// probeClient follows redirects only where they stay with the instance.
func probeClient(port int) *http.Client {
	return &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if req.URL.Host != loopback(port) || len(via) > 3 {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}
