package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// meter is an agent that has seen ten requests of every environment, and has
// the lines that the test gives it.
type meter struct {
	mu    sync.Mutex
	lines []lockstep.LogLine
	grew  chan struct{}
	asked []lockstep.LogQuery
}

func (*meter) Fetch(context.Context) error { return nil }

func (*meter) Usage(_ context.Context, environment string) (map[string]lockstep.Usage, error) {
	if environment == "" {
		return map[string]lockstep.Usage{}, nil
	}
	now := time.Now()
	open := lockstep.EnvironmentFigures{All: lockstep.Figures{Requests: 10, LogBytes: 7}, Parts: []lockstep.FiguresPart{{Service: "backend", Figures: lockstep.Figures{Requests: 10, LogBytes: 7}}}}
	return map[string]lockstep.Usage{environment: {At: now, OpenFrom: now.Add(-10 * time.Second), Open: open}}, nil
}

// Logs gives lines one by one; it waits as an agent does.
func (m *meter) Logs(ctx context.Context, _ string, q lockstep.LogQuery) (lockstep.LogPage, error) {
	for {
		m.mu.Lock()
		m.asked = append(m.asked, q)
		after := 0
		for i, l := range m.lines {
			if l.Cursor == q.Cursor {
				after = i + 1
			}
		}
		page := lockstep.LogPage{Lines: []lockstep.LogLine{}, Cursor: q.Cursor}
		if after < len(m.lines) {
			page = lockstep.LogPage{Lines: m.lines[after : after+1 : after+1], Cursor: m.lines[after].Cursor, More: after+1 < len(m.lines)}
		}
		grew := m.grew
		m.mu.Unlock()
		if len(page.Lines) > 0 || q.Wait == 0 {
			return page, nil
		}
		select {
		case <-grew:
		case <-time.After(q.Wait.Std()):
			return page, nil
		case <-ctx.Done():
			return page, ctx.Err()
		}
	}
}

func (m *meter) say(texts ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, text := range texts {
		at := time.UnixMicro(int64(1000 + len(m.lines))).UTC()
		cursor := lockstep.LogCursor{At: at, Position: int64(len(m.lines) + 1), Instance: "web-0123456789ab-0"}
		m.lines = append(m.lines, lockstep.LogLine{At: at, Service: "web", Instance: cursor.Instance, Text: text, Cursor: cursor.String()})
	}
	close(m.grew)
	m.grew = make(chan struct{})
}

// monitors holds the answers of monitoring to the document.
func (w *world) monitors() {
	w.Helper()
	const production = "/api/system/environments/production"
	m := decode[lockstep.EnvironmentMetrics](w.get(production + "/metrics?range=1h").is(200))
	if m.Total.Requests != 10 || m.Total.PerSecond != 1 || len(m.Series) != 61 || m.Logs.Today != 7 || len(m.Services) != 1 {
		w.Errorf("metrics %+v", m.Total)
	}
	if got := decode[control.List[lockstep.EnvironmentActivity]](w.get("/api/system/activity").is(200)); len(got.Items) != 2 {
		w.Errorf("activity %+v", got)
	}
	w.meter.say("one", "two")
	first := decode[api.LogLines](w.get(production + "/logs?tail=5&service=web&service=api").is(200))
	rest := decode[api.LogLines](w.get(production + "/logs?cursor=" + first.NextCursor).is(200))
	if first.Items[0].Text != "one" || !first.More || rest.Items[0].Text != "two" || rest.More {
		w.Errorf("pages %+v %+v", first, rest)
	}
	if q := w.meter.asked[0]; q.Tail != 5 || len(q.Services) != 2 || q.Wait != 0 {
		w.Errorf("asked for %+v", q)
	}
}

func TestWhatCannotBeMeasuredIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp()
	const staging = "/api/system/environments/staging"
	for path, want := range map[string]string{
		"/metrics?range=90d": "range", "/metrics?range=x": "range", "/metrics?range=7d&step=1m": "step", "/metrics?step=-1m": "step",
		"/logs?since=x": "since", "/logs?until=tomorrow": "until", "/logs?since=-5m": "since",
		"/logs?since=1h&until=2h": "is before since", "/logs?since=2026-03-01T12:00:00Z&until=2026-03-01T11:59:59Z&follow=true": "until (2026-03-01T11:59:59Z) is before since (2026-03-01T12:00:00Z)",
		"/logs?since=2999-01-01T00:00:00Z": "lies ahead", "/logs?since=2999-01-01T00:00:00Z&follow=true": "lies ahead",
		"/logs?grep=a&search=b": "search", "/logs?cursor=x": "cursor",
	} {
		if got := decode[api.ProblemDetails](w.get(staging + path).is(422)); !strings.Contains(got.Detail, want) {
			t.Errorf("%s: %+v", path, got)
		}
	}
	w.get(staging+"/logs?revision=9.9.9").problem(404, lockstep.CodeNotFound, "9.9.9")
	w.get("/api/system/environments/stagin/logs").problem(404, lockstep.CodeNotFound, "staging")
	w.get("/api/system/environments/stagin/metrics").problem(404, lockstep.CodeNotFound, "staging")
}

func TestALogStreamResumesAfterTheLineThatWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp()
	w.meter.say("one", "two", "three")
	follow := func(last string) (next func() (text, id string)) {
		ctx, cancel := context.WithCancel(t.Context())
		t.Cleanup(cancel)
		headers := head{"Accept": "text/event-stream"}
		if last != "" {
			headers["Last-Event-ID"] = last
		}
		resp, err := w.client.Do(w.request(http.MethodGet, "/api/system/environments/staging/logs", "", headers).WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = resp.Body.Close() })
		if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
			t.Fatalf("%s %s", resp.Status, got)
		}
		lines := bufio.NewReader(resp.Body)
		return func() (string, string) {
			id := ""
			for {
				line, err := lines.ReadString('\n')
				if err != nil {
					t.Fatal(err)
				}
				name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				if name == "id" {
					id = value
				}
				if name == "data" {
					var l lockstep.LogLine
					if err := json.Unmarshal([]byte(value), &l); err != nil || l.Cursor != id {
						t.Fatalf("%s: %v", value, err)
					}
					return l.Text, id
				}
			}
		}
	}
	next := follow("")
	next()
	text, seen := next()
	if text != "two" {
		t.Errorf("the second line is %q", text)
	}
	resumed := follow(seen)
	if text, _ := resumed(); text != "three" {
		t.Errorf("it resumes with %q", text)
	}
	w.meter.say("four")
	if text, _ := resumed(); text != "four" {
		t.Errorf("it goes on with %q", text)
	}
}
