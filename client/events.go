package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// EventFilter narrows Events; empty fields match everything.
type EventFilter struct {
	Environment string // ID or name
	Operation   string
}

// Events calls fn for each event after seq, in order and each once, until fn
// returns false or ctx ends. A lost connection is taken up again where it
// broke; lost, where set, hears of it. An error is final: CodeGone where
// seq lies before the server's retention.
func (c *Client) Events(ctx context.Context, after int64, filter EventFilter, lost func(error), fn func(lockstep.Event) bool) error {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		last, more, err := c.stream(ctx, after, filter, fn)
		if !more || ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && lockstep.IsTerminal(err) {
			return err
		}
		if last > after {
			after, wait = last, 100*time.Millisecond
		}
		if lost != nil && err != nil {
			lost(err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// stream reads one connection. more is false once fn has had enough.
func (c *Client) stream(ctx context.Context, after int64, filter EventFilter, fn func(lockstep.Event) bool) (last int64, more bool, err error) {
	q := url.Values{}
	if filter.Environment != "" {
		q.Set("environment", filter.Environment)
	}
	if filter.Operation != "" {
		q.Set("operation", filter.Operation)
	}
	header := http.Header{}
	header.Set("Accept", "text/event-stream")
	header.Set("Last-Event-ID", strconv.FormatInt(after, 10))
	resp, err := c.do(ctx, call{method: http.MethodGet, path: "/api/system/events", query: q, header: header})
	if err != nil {
		return after, true, err
	}
	defer resp.Body.Close()
	last = after
	lines := bufio.NewReader(resp.Body)
	var data strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return last, true, errors.New("the event stream broke off")
		}
		line = strings.TrimRight(line, "\r\n")
		if text, ok := strings.CutPrefix(line, "data:"); ok {
			data.WriteString(strings.TrimPrefix(text, " "))
			continue
		}
		if line != "" || data.Len() == 0 {
			continue
		}
		var ev lockstep.Event
		if err := json.Unmarshal([]byte(data.String()), &ev); err != nil {
			return last, true, lockstep.Errorf(lockstep.CodeInternal, "the server sent an event that cannot be read: %w", err)
		}
		data.Reset()
		if ev.Seq <= last {
			continue
		}
		last = ev.Seq
		if !fn(ev) {
			return last, false, nil
		}
	}
}
