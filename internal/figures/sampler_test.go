package figures_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/figures"
	"github.com/lockstep-dev/lockstep/internal/store"
)

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// agent keeps frames and gives out a few at once.
type agent struct {
	frames []lockstep.Frame
	err    error
	asked  chan int64
}

func (a *agent) Frames(_ context.Context, after int64) (out []lockstep.Frame, more bool, err error) {
	if a.asked != nil {
		a.asked <- after
	}
	for _, f := range a.frames {
		if f.Seq > after && len(out) < 2 {
			out = append(out, f)
		}
	}
	return out, len(out) > 0 && out[len(out)-1].Seq < a.frames[len(a.frames)-1].Seq, a.err
}

func frames(env string, from, until int) (out []lockstep.Frame) {
	for n := from; n < until; n++ {
		at := epoch.Add(time.Duration(n) * time.Minute)
		out = append(out, lockstep.Frame{
			Seq: int64(n + 1), From: at, Until: at.Add(time.Minute),
			Environments: map[string]lockstep.EnvironmentFigures{env: {All: lockstep.Figures{Requests: int64(n)}}},
		})
	}
	return out
}

func open(t *testing.T) (*store.Store, lockstep.Environment) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	env := lockstep.Environment{
		ID: "e", ProjectID: "p", Project: "sunday", Name: "staging", Type: lockstep.TypeStaging, Status: lockstep.EnvironmentInactive,
		Spec:      lockstep.EnvironmentSpec{Runtime: lockstep.RuntimeProcess, Strategy: lockstep.StrategySpec{Primary: lockstep.StrategyRecreate}, Validation: lockstep.ValidationBasic},
		CreatedAt: epoch, UpdatedAt: epoch,
	}
	err = s.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.PutProject(lockstep.Project{ID: "p", Name: "sunday", CreatedAt: epoch, UpdatedAt: epoch}); err != nil {
			return err
		}
		return tx.PutEnvironment(env)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, env
}

func minutes(t *testing.T, s *store.Store) (rows []lockstep.FiguresRow) {
	t.Helper()
	err := s.View(t.Context(), func(tx *store.Tx) (err error) {
		rows, err = tx.Figures("e", lockstep.FigureMinute, epoch, epoch.Add(24*time.Hour))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestAServerThatWasAwayMissesNothingThatIsKept(t *testing.T) {
	t.Parallel()
	s, env := open(t)
	a := &agent{frames: frames(env.ID, 0, 7)}
	sampler := figures.New(figures.Options{Agent: a, Store: s, Host: "here", Log: slog.New(slog.DiscardHandler), Every: time.Hour})
	for range 2 {
		if err := sampler.Fetch(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if rows := minutes(t, s); len(rows) != 7 || rows[6].All.Requests != 6 {
		t.Errorf("rows %+v", rows)
	}
	a.frames = frames(env.ID, 20, 22) // the agent has forgotten some: a gap
	if err := sampler.Fetch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows := minutes(t, s); len(rows) != 9 || !rows[7].At.Equal(epoch.Add(20*time.Minute)) {
		t.Errorf("rows %+v", rows)
	}
}

func TestAnAgentThatIsAwayIsAskedAgain(t *testing.T) {
	t.Parallel()
	s, env := open(t)
	a := &agent{frames: frames(env.ID, 0, 1), err: errors.New("away"), asked: make(chan int64)}
	sampler := figures.New(figures.Options{Agent: a, Store: s, Host: "here", Log: slog.New(slog.DiscardHandler), Every: time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		sampler.Run(ctx)
	}()
	for range 3 {
		if after := <-a.asked; after != 0 {
			t.Errorf("asked for what comes after %d", after)
		}
	}
	cancel()
	for {
		select {
		case <-a.asked: // of a look that had begun
			continue
		case <-ended:
		}
		break
	}
	if rows := minutes(t, s); len(rows) != 0 {
		t.Errorf("rows %+v", rows)
	}
}
