package control_test

import (
	"context"
	"slices"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func TestStreamsBeginWhereTheyAreAsked(t *testing.T) {
	t.Parallel()
	w := applied(t)
	at := func(s control.Stream) int64 {
		t.Helper()
		_, after, err := w.control.OpenStream(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return after
	}
	number := func(n int64) *int64 { return &n }
	newest := w.newest()
	for _, tt := range []struct {
		after *int64
		want  int64
	}{{nil, newest}, {number(0), 0}, {number(2), 2}, {number(newest + 5), newest + 5}} {
		if got := at(control.Stream{After: tt.after}); got != tt.want {
			t.Errorf("after %v: %d, want %d", tt.after, got, tt.want)
		}
	}
	filter, _, err := w.control.OpenStream(t.Context(), control.Stream{Environment: "staging", OperationID: "o"})
	if env := w.environment("staging"); err != nil || filter.EnvironmentID != env.ID || filter.OperationID != "o" {
		t.Errorf("filter %+v, %v", filter, err)
	}
	_, _, err = w.control.OpenStream(t.Context(), control.Stream{Environment: "stagin"})
	refused(w, got(0, err), lockstep.CodeNotFound, "staging")
	_, _, err = w.control.OpenStream(t.Context(), control.Stream{Project: "nope"})
	refused(w, got(0, err), lockstep.CodeNotFound)
}

func TestAStreamFromBeforeWhatIsKeptIsGone(t *testing.T) {
	t.Parallel()
	w := &world{T: t}
	s, err := store.Open(t.Context(), store.Options{DataDir: t.TempDir(), EventRetention: store.EventRetention{Count: 3}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w.control = control.New(control.Options{Store: control.Adapt(s)})
	w.apply(matrixText) // 5 events
	if err := s.Prune(t.Context()); err != nil {
		t.Fatal(err)
	}
	one, zero := int64(1), int64(0)
	_, _, err = w.control.OpenStream(t.Context(), control.Stream{After: &one})
	refused(w, got(0, err), lockstep.CodeGone, "up to 2", "after 5")
	_, after, err := w.control.OpenStream(t.Context(), control.Stream{After: &zero})
	if err != nil || after != 2 {
		t.Errorf("from the beginning: %d, %v", after, err)
	}
}

// A reader that resumes after what it saw misses nothing and sees nothing twice.
func TestAReaderSeesEachEventOnce(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const n = 20
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	seen := make(chan []string)
	start := w.newest()
	go func() {
		var ids []string
		for after := start; len(ids) < n; {
			events, err := w.control.Events(ctx, after, lockstep.EventFilter{}, 3)
			if err != nil {
				break
			}
			for _, e := range events {
				ids, after = append(ids, e.OperationID), e.Seq
			}
		}
		seen <- ids
	}()
	var want []string
	for range n {
		want = append(want, w.deploy("staging", "1.0.0").ID)
	}
	if ids := <-seen; !slices.Equal(ids, want) {
		t.Errorf("seen %v, want %v", ids, want)
	}
}
