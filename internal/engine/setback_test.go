package engine_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
)

// lines is a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// with are the lines that hold all of the words.
func (l *lines) with(words ...string) (found []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
next:
	for line := range strings.Lines(l.text.String()) {
		for _, w := range words {
			if !strings.Contains(line, w) {
				continue next
			}
		}
		found = append(found, line)
	}
	return found
}

func logged() (*lines, *slog.Logger) {
	l := &lines{}
	return l, slog.New(slog.NewTextHandler(l, nil))
}

// A database that is away for long is told of twice: when it is lost, and
// when it is back.
func TestAStoreThatIsAwayFillsNoLog(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var away atomic.Bool
		var asked atomic.Int64
		away.Store(true)
		m := &moody{Store: w.store, claim: func() error {
			asked.Add(1)
			if away.Load() {
				return errBroken
			}
			return nil
		}}
		log, logger := logged()
		_, stop := w.start("one", func(o *engine.Options) { o.Store, o.Logger = m, logger })
		defer stop()
		time.Sleep(10 * time.Minute) // of the bubble
		synctest.Wait()
		if n := asked.Load(); n < 200 || n > 410 {
			t.Errorf("it asked %d times in 10 minutes, and not about every 3s at most", n)
		}
		away.Store(false)
		op := w.finished(w.deploy("staging", "quick"))
		wantStatus(t, op, lockstep.StatusCompleted)
		if got := log.with("level=WARN"); len(got) != 1 || !strings.Contains(got[0], `doing="look for operations"`) || !strings.Contains(got[0], errBroken.Error()) {
			t.Errorf("warnings: %q", got)
		}
		if got := log.with("it works again", `doing="look for operations"`, "after=10m"); len(got) != 1 {
			t.Errorf("it was back %d times", len(got))
		}
	})
}

func TestAJournalThatIsAwayIsWarnedOfOnceAnEntry(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		var calls atomic.Int64
		m := &moody{Store: w.store, record: func() error {
			if n := calls.Add(1); n > 3 && n < 10 {
				return errBroken
			}
			return nil
		}}
		log, logger := logged()
		_, stop := w.start("one", func(o *engine.Options) { o.Store, o.Logger, o.TTL = m, logger, time.Minute })
		defer stop()
		op := w.finished(w.deploy("staging", "quick"))
		wantStatus(t, op, lockstep.StatusCompleted)
		if lost, back := log.with("level=WARN", "write the journal"), log.with("it works again", "write the journal"); len(lost) != 1 || len(back) != 1 {
			t.Errorf("lost %q, back %q", lost, back)
		}
	})
}
