package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// reader is one open event stream.
type reader struct {
	*world
	lines *bufio.Reader
	close func()
	last  string // as a browser keeps it for its next connection
}

func (w *world) listen(query string, headers ...head) *reader {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), time.Minute) // an event that is lost fails its test, and holds up no other
	w.Cleanup(cancel)
	resp, err := w.client.Do(w.request(http.MethodGet, "/api/system/events"+query, "", headers...).WithContext(ctx))
	if err != nil {
		w.Fatal(err)
	}
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" {
		w.Fatalf("stream: %s, %v", resp.Status, resp.Header)
	}
	return &reader{world: w, lines: bufio.NewReader(resp.Body), close: func() { cancel(); _ = resp.Body.Close() }}
}

// next is the next event; ok is false at the stream's end.
func (r *reader) next() (e lockstep.Event, ok bool) {
	r.Helper()
	var id, kind string
	for {
		line, err := r.lines.ReadString('\n')
		if err != nil {
			return e, false
		}
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch name {
		case "id":
			id, r.last = value, value
		case "event":
			kind = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				r.Fatalf("%v: %s", err, value)
			}
			if id != strconv.FormatInt(e.Seq, 10) || kind != string(e.Type) {
				r.Fatalf("id %s, event %s of %+v", id, kind, e)
			}
			if strings.Contains(value, ":null") {
				r.Errorf("an event holds null: %s", value)
			}
			return e, true
		}
	}
}

func (r *reader) take(n int) []lockstep.Event {
	r.Helper()
	out := make([]lockstep.Event, 0, n)
	for range n {
		e, ok := r.next()
		if !ok {
			r.Fatalf("the stream ended after %d events of %d", len(out), n)
		}
		out = append(out, e)
	}
	return out
}

// happen appends events to the store, as others would.
func (w *world) happen(n int, e lockstep.Event) {
	w.Helper()
	if err := w.store.Update(context.Background(), func(tx *store.Tx) error {
		for range n {
			if err := tx.AppendEvent(e); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		w.Error(err)
	}
}

func TestAStreamResumesWithoutLossOrRepetition(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const total = 400
	go func() {
		for i := range total / 4 {
			w.happen(4, lockstep.Event{Type: lockstep.EventStepProgress, Data: map[string]any{"n": i}})
		}
	}()
	var seen []int64
	resume := head{"Last-Event-ID": "0"}
	for part := 1; len(seen) < total; part++ {
		// The address a browser began with stays; what it has seen goes before it.
		r := w.listen("?after=0", resume)
		for range min(part*7, total-len(seen)) {
			e, ok := r.next()
			if !ok {
				t.Fatal("the stream ended")
			}
			seen = append(seen, e.Seq)
		}
		r.close()
		resume = head{"Last-Event-ID": r.last}
	}
	for i, seq := range seen {
		if seq != int64(i+1) {
			t.Fatalf("event %d has number %d: %v", i+1, seq, seen[:i+1])
		}
	}
}

func TestAStreamIsFiltered(t *testing.T) {
	t.Parallel()
	w := applied(t)
	staging := w.listen("?environment=staging")
	all := w.listen("")
	first := w.deploy("production", `{"version":"1.0.0"}`)
	second := w.deploy("staging", `{"version":"1.0.0"}`)
	one := w.listen("?after=0&operation=" + first.ID)
	if e := staging.take(1)[0]; e.OperationID != second.ID {
		t.Errorf("staging's stream has %+v", e)
	}
	if e := all.take(2); e[0].OperationID != first.ID || e[1].OperationID != second.ID {
		t.Errorf("the stream has %+v", e)
	}
	if e := one.take(1)[0]; e.OperationID != first.ID || e.Type != lockstep.EventOperationRequested {
		t.Errorf("the operation's stream has %+v", e)
	}
	w.get("/api/system/events?environment=stagin").problem(404, lockstep.CodeNotFound, "staging")
}

func TestAStreamFromBeforeWhatIsKeptIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // keeps 50
	w.happen(80, lockstep.Event{Type: lockstep.EventStepProgress})
	if err := w.store.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.get("/api/system/events?after=5").problem(410, lockstep.CodeGone)
	w.do(http.MethodGet, "/api/system/events?after=70", "", head{"Last-Event-ID": "29"}).problem(410, lockstep.CodeGone)
	if e := w.listen("?after=30").take(50); e[0].Seq != 31 || e[49].Seq != 80 {
		t.Errorf("from %d to %d", e[0].Seq, e[49].Seq)
	}
	if e := w.listen("?after=0").take(1); e[0].Seq != 31 {
		t.Errorf("from the oldest: %d", e[0].Seq)
	}
}

// A reader whose filter matches nothing for long must not fall behind what
// is kept.
func TestHeartbeatsKeepAQuietReaderUpToDate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) { o.Streams.Heartbeat = 20 * time.Millisecond })
	r := w.listen("?operation=mine")
	w.happen(200, lockstep.Event{Type: lockstep.EventStepProgress, OperationID: "other"})
	for r.last != "200" {
		line, err := r.lines.ReadString('\n')
		if err != nil {
			t.Fatal("the stream ended")
		}
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "id: "); ok {
			r.last = id
		}
	}
	if err := w.store.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.happen(1, lockstep.Event{Type: lockstep.EventStepProgress, OperationID: "mine"})
	if e := r.take(1)[0]; e.Seq != 201 {
		t.Errorf("event %+v", e)
	}
}

// Where a look takes longer than the time between heartbeats, there are only
// heartbeats to look at events with.
func TestLooksSlowerThanHeartbeatsLoseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) { o.Streams.Heartbeat = time.Nanosecond })
	w.happen(60, lockstep.Event{Type: lockstep.EventStepProgress})
	r := w.listen("?after=20")
	if e := r.take(40); e[0].Seq != 21 || e[39].Seq != 60 {
		t.Errorf("from %d to %d", e[0].Seq, e[39].Seq)
	}
	w.happen(1, lockstep.Event{Type: lockstep.EventStepProgress})
	if e := r.take(1)[0]; e.Seq != 61 {
		t.Errorf("event %+v", e)
	}
}

func TestASlowReaderHoldsUpNobodyAndIsDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) { o.Streams.Patience = 300 * time.Millisecond })
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(w.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	_, err = fmt.Fprintf(conn, "GET /api/system/events?after=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n\r\n", token)
	if err != nil {
		t.Fatal(err)
	}
	quick := w.listen("?after=0")
	const n, big = 600, 16 << 10 // more than a connection's buffers take
	event := lockstep.Event{Type: lockstep.EventStepProgress, Data: map[string]any{"message": strings.Repeat("x", big)}}
	go w.happen(n, event)
	if e := quick.take(n); e[n-1].Seq != n {
		t.Errorf("the quick reader has %d", e[n-1].Seq)
	}
	w.deadline(func() bool { return strings.Contains(w.log.String(), "path=/api/system/events") }, "the slow reader is still served")
}

func TestStreamsEndWithTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	readers := []*reader{w.listen(""), w.listen(""), w.listen("")}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := w.server.Shutdown(ctx); err != nil {
		t.Fatalf("shutdown waited for streams: %v", err)
	}
	for _, r := range readers {
		if e, ok := r.next(); ok {
			t.Errorf("got %+v", e)
		}
	}
	if err := <-w.served; err != http.ErrServerClosed { //nolint:errorlint // as net/http returns it
		t.Error(err)
	}
}

func TestStreamsAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *api.Options) { o.Streams.Max = 2 })
	first := w.listen("")
	w.listen("")
	w.get("/api/system/events").problem(503, lockstep.CodeUnavailable, "2 event streams")
	first.close()
	w.deadline(func() bool { return strings.Contains(w.log.String(), "path=/api/system/events status=200") }, "the place is not given back")
	w.listen("")
	w.handler.CloseStreams()
	w.get("/api/system/events").problem(503, lockstep.CodeUnavailable, "stopping")
}

// deadline polls where there is no signal to wait for.
func (w *world) deadline(done func() bool, otherwise string) {
	w.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for limit := time.After(15 * time.Second); ; {
		if done() {
			return
		}
		select {
		case <-tick.C:
		case <-limit:
			w.Fatal(otherwise)
		}
	}
}

func TestEventsOfOneOperationInOrder(t *testing.T) {
	t.Parallel()
	w := applied(t)
	d := w.deploy("staging", `{"version":"1.0.0"}`)
	r := w.listen("?after=0&operation=" + d.ID)
	w.work()
	var kinds []lockstep.EventType
	for _, e := range r.take(2) {
		kinds = append(kinds, e.Type)
	}
	if !slices.Equal(kinds, []lockstep.EventType{lockstep.EventOperationRequested, lockstep.EventOperationClaimed}) {
		t.Errorf("events %v", kinds)
	}
}
