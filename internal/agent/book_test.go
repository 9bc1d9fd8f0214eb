package agent

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/edge"
)

// reader is a book of one environment, whose clock the test moves.
type reader struct {
	*testing.T
	a   *agent
	now time.Time
}

func newReader(t *testing.T) *reader {
	t.Helper()
	dir, log := t.TempDir(), slog.New(slog.DiscardHandler)
	a := &agent{
		opts: Options{Dir: dir}, log: log, store: openTestStore(t, dir), edge: edge.New(edge.Options{}), table: newTable(),
		logs: &logs{dir: filepath.Join(dir, "logs"), size: logSize, log: log}, instances: map[instanceKey]*instance{}, jobs: map[jobKey]*jobRun{},
	}
	t.Cleanup(a.store.close)
	a.book = newBook(a)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "web") }))
	t.Cleanup(app.Close)
	routing := lockstep.Routing{
		Project: "sunday", Environment: "staging", Splits: []lockstep.Split{{Revision: "one", Weight: 100}},
		Revisions: []lockstep.RevisionRoutes{{Revision: "one", Hash: "0123456789ab", Release: "1", Services: []lockstep.ServiceRoute{
			{Service: "web", Group: "web-1", Prefixes: []string{"/"}},
		}}},
	}
	a.edge.SetPool("env", "web-1", []edge.Backend{{Instance: "web-1-0", Address: strings.TrimPrefix(app.URL, "http://")}})
	a.edge.SetRouting("env", routing)
	if err := a.store.change("env", func(e *environment) error { e.Routing = &routing; return nil }); err != nil {
		t.Fatal(err)
	}
	return &reader{t, a, time.Date(2026, 3, 1, 12, 0, 10, 0, time.UTC)}
}

// ask sends requests of users.
func (r *reader) ask(n int) {
	r.Helper()
	for range n {
		w := httptest.NewRecorder()
		req := httptest.NewRequestWithContext(r.Context(), http.MethodGet, "http://staging.sunday.localhost/", nil)
		r.a.edge.Handler().ServeHTTP(w, req)
		if w.Code != http.StatusOK {
			r.Fatalf("answered %d %s", w.Code, w.Body)
		}
	}
}

// live lets time go by, with one request for each look.
func (r *reader) live(d time.Duration) {
	r.Helper()
	for end := r.now.Add(d); r.now.Before(end); {
		r.now = r.now.Add(bookLook)
		r.ask(1)
		r.a.book.look(r.now, 0)
	}
}

// frames are those after one, 0: all.
func (r *reader) frames(after int64) []lockstep.Frame {
	r.Helper()
	list, err := r.a.book.after(after)
	if err != nil {
		r.Fatal(err)
	}
	return list.Frames
}

// recent are the requests of the last seconds, for how long that is, and how
// many the latencies of the last minute are of.
func (r *reader) recent() (requests int64, lasted time.Duration, ofMinute int64) {
	sum, d, minute := r.a.book.recently("env")
	return sum.All.Requests, d.Std(), minute.Total()
}

func total(frames []lockstep.Frame) (n int64) {
	for _, f := range frames {
		n += f.Environments["env"].All.Requests
	}
	return n
}

// A machine that slept counts what happened, and not the time in which nothing
// could: no frame covers it, and rates are of when it was awake.
func TestFiguresOfAMachineThatSlept(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.a.book.look(r.now, 0)
	r.live(time.Minute)
	asleep := r.now
	r.now = r.now.Add(2 * time.Hour)
	r.ask(3) // before anybody looked
	r.a.book.look(r.now, 0)
	if requests, lasted, minute := r.recent(); requests != 3 || lasted != bookLook || minute != 3 {
		t.Errorf("right after it: %d requests in %s, latencies of %d", requests, lasted, minute)
	}
	awake := r.now.Add(-bookLook)
	r.live(2 * time.Minute)
	frames := r.frames(0)
	var earlier []lockstep.Frame
	for _, f := range frames {
		if !f.Until.After(asleep) {
			earlier = append(earlier, f)
		}
	}
	if got := total(earlier); got != 12 {
		t.Errorf("%d requests were counted before it slept", got)
	}
	if got, want := total(frames), int64(12+3+20); got < want || got > want+4 {
		t.Errorf("%d requests were counted, want about %d of what is over", got, want)
	}
	for n, f := range frames {
		if f.From.Before(awake) && f.Until.After(asleep) || f.Until.Sub(f.From) > bookMinute+bookLook {
			t.Errorf("a frame from %s until %s; it slept from %s until %s", f.From, f.Until, asleep, awake)
		}
		if n > 0 && (f.Seq <= frames[n-1].Seq || f.From.Before(frames[n-1].Until)) {
			t.Errorf("frame %d until %s is followed by frame %d from %s", frames[n-1].Seq, frames[n-1].Until, f.Seq, f.From)
		}
	}
}

// A clock that is set back shows minutes again. Frames go on in their order,
// each request is counted once, and what is shown as of now is of now.
func TestFiguresOfAClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.a.book.look(r.now, 0)
	r.live(2 * time.Minute)
	before := r.frames(0)
	r.now = r.now.Add(-time.Hour)
	r.ask(3)
	r.a.book.look(r.now, 0)
	if requests, lasted, minute := r.recent(); requests != 3 || lasted != bookLook || minute != 3 {
		t.Errorf("right after it: %d requests in %s, latencies of %d", requests, lasted, minute)
	}
	r.live(10 * time.Minute)
	if _, _, minute := r.recent(); minute > int64(bookMinute/bookLook)+1 {
		t.Errorf("the latencies of the last minute are of %d requests", minute)
	}
	if kept := len(r.a.book.looks); kept > int(bookMinute/bookLook)+1 {
		t.Errorf("%d looks are kept", kept)
	}
	frames := r.frames(0)
	if since := r.frames(before[len(before)-1].Seq); len(since) < 10 {
		t.Errorf("a server that has fetched what was before is given %d frames", len(since))
	}
	for n, f := range frames {
		if !f.Until.After(f.From) || f.Until.Sub(f.From) > bookMinute+bookLook {
			t.Errorf("a frame from %s until %s", f.From, f.Until)
		}
		if n > 0 && f.Seq <= frames[n-1].Seq {
			t.Errorf("frame %d comes after frame %d", f.Seq, frames[n-1].Seq)
		}
	}
	r.a.book.mu.Lock()
	open := r.a.book.open.Environments["env"].All.Requests
	r.a.book.mu.Unlock()
	if got := total(r.frames(0)) + open; got != 24+3+120 || len(frames) < len(before)+10 {
		t.Errorf("%d requests in %d frames, of which %d were before", got, len(frames), len(before))
	}
}
