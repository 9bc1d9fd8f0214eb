package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testFigures(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a frame is added once", func(t *testing.T, w *world) {
			env := w.environment("staging")
			f := frameOf(1000, epoch, 40*time.Second, env.ID, 10)
			w.frames(f, f, frameOf(999, epoch.Add(-time.Minute), time.Minute, env.ID, 5))
			rows := w.figures(env.ID, lockstep.FigureMinute)
			if len(rows) != 1 || rows[0].All.Requests != 10 || rows[0].Covered != 40*time.Second || !rows[0].At.Equal(epoch) {
				t.Errorf("rows %+v", rows)
			}
			if seq, err := w.store.FramesUntil(t.Context(), "here"); err != nil || seq != 1000 {
				t.Errorf("frames up to %d, %v", seq, err)
			}
			if seq, err := w.store.FramesUntil(t.Context(), "there"); err != nil || seq != 0 {
				t.Errorf("frames of another host up to %d, %v", seq, err)
			}
		}},
		{"parts of a step add up, histograms and clients as well", func(t *testing.T, w *world) {
			env := w.environment("staging")
			one, two := frameOf(1, epoch, 20*time.Second, env.ID, 3), frameOf(2, epoch.Add(20*time.Second), 40*time.Second, env.ID, 4)
			w.frames(one, two, frameOf(3, epoch.Add(time.Minute), time.Minute, env.ID, 5))
			minutes, quarters := w.figures(env.ID, lockstep.FigureMinute), w.figures(env.ID, lockstep.FigureQuarter)
			if len(minutes) != 2 || minutes[0].All.Requests != 7 || minutes[0].Covered != time.Minute || minutes[1].All.Requests != 5 {
				t.Fatalf("minutes %+v", minutes)
			}
			// The second minute is the first of another quarter of an hour.
			if len(quarters) != 2 || quarters[0].All.Requests != 7 || quarters[1].All.Requests != 5 {
				t.Fatalf("quarters %+v", quarters)
			}
			want := one.Environments[env.ID].Plus(two.Environments[env.ID])
			w.same("the sum", want, minutes[0].EnvironmentFigures)
			if got := minutes[0].All.Clients.Estimate(); got != 4 {
				t.Errorf("%d clients, want those of both once", got)
			}
		}},
		{"what nobody saw has no row", func(t *testing.T, w *world) {
			env := w.environment("staging")
			w.frames(frameOf(1, epoch, time.Minute, env.ID, 1), frameOf(2, epoch.Add(5*time.Minute), time.Minute, env.ID, 0))
			if rows := w.figures(env.ID, lockstep.FigureMinute); len(rows) != 2 || rows[1].All.Requests != 0 {
				t.Errorf("rows %+v", rows)
			}
		}},
		{"an environment that is gone is left out, and takes its figures along", func(t *testing.T, w *world) {
			env, other := w.environment("staging"), w.environment("other")
			f := frameOf(1, epoch, time.Minute, env.ID, 1)
			f.Environments[other.ID], f.Environments["nobody"] = f.Environments[env.ID], f.Environments[env.ID]
			w.frames(f)
			w.update(func(tx *store.Tx) error { return tx.DeleteEnvironment(env.ID) })
			if rows := w.figures(env.ID, lockstep.FigureMinute); len(rows) != 0 {
				t.Errorf("of what was deleted: %+v", rows)
			}
			if rows := w.figures(other.ID, lockstep.FigureMinute); len(rows) != 1 {
				t.Errorf("of the other: %+v", rows)
			}
		}},
	})
	t.Run("they are kept as long as is promised", func(t *testing.T) {
		t.Parallel()
		now := epoch
		w := newWorld(t, open(t, store.Options{Now: func() time.Time { return now }}))
		env := w.environment("staging")
		for n := range 1200 { // more than are removed at once
			w.frames(frameOf(int64(n+1), epoch.Add(time.Duration(n)*time.Minute), time.Minute, env.ID, 1))
		}
		kept := func(minutes, quarters int) {
			t.Helper()
			w.must(w.store.Prune(t.Context()))
			if m, q := len(w.figures(env.ID, lockstep.FigureMinute)), len(w.figures(env.ID, lockstep.FigureQuarter)); m != minutes || q != quarters {
				t.Errorf("%d minutes and %d quarters are kept, want %d and %d", m, q, minutes, quarters)
			}
		}
		kept(1200, 81)
		now = epoch.Add(lockstep.KeepMinutes + 1150*time.Minute)
		kept(50, 81)
		now = epoch.Add(lockstep.KeepQuarters + time.Hour)
		kept(0, 76)
		now = epoch.Add(2 * lockstep.KeepQuarters)
		kept(0, 0)
	})
}

// frameOf is what an agent saw of one environment.
func frameOf(seq int64, from time.Time, lasted time.Duration, env string, requests int64) lockstep.Frame {
	f := lockstep.Figures{Requests: requests, Latencies: lockstep.CountLatencies(make([]int64, requests)...)}
	for n := range requests {
		f.Clients.Add(uint64(n+1) << 53)
	}
	part := lockstep.FiguresPart{Revision: "r", Service: "web", Figures: f}
	return lockstep.Frame{
		Seq: seq, From: from, Until: from.Add(lasted),
		Environments: map[string]lockstep.EnvironmentFigures{env: {All: f, Parts: []lockstep.FiguresPart{part}}},
	}
}

func (w *world) frames(frames ...lockstep.Frame) {
	w.t.Helper()
	for _, f := range frames {
		w.must(w.store.AddFrame(w.t.Context(), "here", f))
	}
}

func (w *world) figures(env string, step time.Duration) (rows []lockstep.FiguresRow) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) {
		rows, err = tx.Figures(env, step, epoch.Add(-24*time.Hour), epoch.Add(90*24*time.Hour))
		return err
	})
	return rows
}
