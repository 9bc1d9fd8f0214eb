package control_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// spied is a store that counts reads, whose events may fail to come, and
// whose next read can be held back once it has read.
type spied struct {
	control.Store
	reads  atomic.Int64
	deaf   atomic.Bool
	asked  chan struct{} // told of each question for events
	held   atomic.Pointer[chan struct{}]
	inside chan struct{} // told when a read is held
}

func spy(o *control.Options) *spied {
	s := &spied{Store: o.Store, asked: make(chan struct{}, 100), inside: make(chan struct{}, 1)}
	o.Store = s
	return s
}

func (s *spied) View(ctx context.Context, fn func(control.Tx) error) error {
	s.reads.Add(1)
	err := s.Store.View(ctx, fn)
	if held := s.held.Swap(nil); held != nil {
		s.inside <- struct{}{}
		<-*held
	}
	return err
}

func (s *spied) Events(ctx context.Context, after int64, filter lockstep.EventFilter, limit int) ([]lockstep.Event, error) {
	select {
	case s.asked <- struct{}{}:
	default:
	}
	if s.deaf.Load() {
		return nil, errors.New("the connection broke")
	}
	return s.Store.Events(ctx, after, filter, limit)
}

// following is a world that follows events, over a store that is spied on.
func following(t *testing.T, deaf bool) (*world, *spied) {
	t.Helper()
	var s *spied
	w := newWorldIn(t, store.Options{DataDir: t.TempDir()}, func(o *control.Options) { s = spy(o) })
	w.apply(matrixText)
	s.deaf.Store(deaf)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); w.control.FollowConfigs(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	<-s.asked
	return w, s
}

func (w *world) resolvedLevel() string {
	w.Helper()
	doc, _, err := w.control.ResolvedConfig(w.Context(), ana, control.ResolvedQuery{Environment: "staging"}, never)
	if err != nil {
		w.Fatal(err)
	}
	return doc.Services["backend"].Env["LOG_LEVEL"]
}

func never(string) bool { return false }

func (w *world) setLevel(c *control.Control, level string) {
	w.Helper()
	change := lockstep.VariableChange{Key: "LOG_LEVEL", Scope: lockstep.ScopeService, Target: "backend", Value: &level}
	if _, err := c.UpdateConfig(w.Context(), ana, "", "staging", lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{change}}); err != nil {
		w.Fatal(err)
	}
}

func (w *world) wantLevel(want string) {
	w.Helper()
	if got := w.resolvedLevel(); got != want {
		w.Errorf("LOG_LEVEL is %q, want %q", got, want)
	}
}

func TestResolvedConfigComesFromMemory(t *testing.T) {
	t.Parallel()
	w, s := following(t, false)
	w.wantLevel("debug")
	before := s.reads.Load()
	for range 10 {
		w.wantLevel("debug")
	}
	if n := s.reads.Load() - before; n != 0 {
		t.Errorf("10 reads of what is known asked the store %d times", n)
	}
	// Who changes something reads it changed.
	for _, level := range []string{"warn", "error", "info"} {
		w.setLevel(w.control, level)
		w.wantLevel(level)
	}
}

func TestResolvedConfigHearsOfOtherServers(t *testing.T) {
	t.Parallel()
	w, _ := following(t, false)
	other := control.New(control.Options{Store: control.Adapt(w.store), Now: w.clock.Now})
	w.wantLevel("debug")
	w.setLevel(other, "warn")
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	for w.resolvedLevel() != "warn" {
		if ctx.Err() != nil {
			t.Fatal("what another server changed is not seen")
		}
	}
}

func TestResolvedConfigWithoutEventsIsReadEachTime(t *testing.T) {
	t.Parallel()
	w, s := following(t, true)
	other := control.New(control.Options{Store: control.Adapt(w.store), Now: w.clock.Now})
	for _, level := range []string{"warn", "error", "info"} {
		w.setLevel(other, level)
		w.wantLevel(level)
		<-s.asked // it went on trying
	}
}

func TestResolvedConfigOfBeforeAChangeIsNotKept(t *testing.T) {
	t.Parallel()
	w, s := following(t, false)
	release := make(chan struct{})
	s.held.Store(&release)
	old := make(chan string)
	go func() { old <- w.resolvedLevel() }()
	<-s.inside // it has read, and not kept
	w.setLevel(w.control, "warn")
	close(release)
	if got := <-old; got != "debug" {
		t.Errorf("the reader from before has %q", got)
	}
	w.wantLevel("warn")
}

func TestAwaitConfig(t *testing.T) {
	t.Parallel()
	w, _ := following(t, false)
	query := control.ResolvedQuery{Environment: "staging"}
	_, tag, err := w.control.ResolvedConfig(t.Context(), ana, query, never)
	if err != nil {
		t.Fatal(err)
	}
	is := func(other string) bool { return other == tag }
	type answer struct {
		doc *lockstep.ResolvedConfig
		tag string
		err error
	}
	got := make(chan answer, 1)
	go func() {
		doc, next, err := w.control.AwaitConfig(t.Context(), ana, query, is)
		got <- answer{doc, next, err}
	}()
	w.setLevel(w.control, "warn")
	select {
	case a := <-got:
		if a.err != nil || a.doc == nil || a.tag == tag || a.doc.Services["backend"].Env["LOG_LEVEL"] != "warn" {
			t.Errorf("%+v", a)
		}
		tag = a.tag
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was told of the change")
	}
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	if doc, same, err := w.control.AwaitConfig(ctx, ana, query, is); doc != nil || same != tag || err != nil {
		t.Errorf("without a change: %v, %s, %v", doc, same, err)
	}
	stop() // as where the server stops before it has read
	w.setLevel(w.control, "error")
	if doc, _, err := w.control.AwaitConfig(ctx, ana, query, is); doc == nil || err != nil || doc.Services["backend"].Env["LOG_LEVEL"] != "error" {
		t.Errorf("without time: %v, %v", doc, err)
	}
}
