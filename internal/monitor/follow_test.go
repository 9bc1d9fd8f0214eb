package monitor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// reads is a store that tells what is read of it.
type reads struct {
	*store.Store
	told chan lockstep.Monitored
}

func (r *reads) Monitored(ctx context.Context, known int64) (lockstep.Monitored, error) {
	m, err := r.Store.Monitored(ctx, known)
	if err == nil && (m.Whole || len(m.Concerned) > 0) {
		r.told <- m
	}
	return m, err
}

func (r *reads) next(t *testing.T) lockstep.Monitored {
	t.Helper()
	select {
	case m := <-r.told:
		return m
	case <-time.After(20 * time.Second):
		t.Fatal("nothing is read")
		return lockstep.Monitored{}
	}
}

// follows runs a monitor over what is read of a store.
func follows(t *testing.T, r *reads, opts Options) {
	t.Helper()
	opts.Store, opts.dutyEvery = r, 50*time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan bool)
	go func() {
		New(opts).Run(ctx)
		close(done)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
}

func change(t *testing.T, db *store.Store, event lockstep.EventType, env lockstep.Environment, do func(*store.Tx) error) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(do(tx), tx.AppendEvent(lockstep.Event{Type: event, EnvironmentID: env.ID}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestOneEnvironmentIsReadAgain, and no other, where an event concerns it.
func TestOneEnvironmentIsReadAgain(t *testing.T) {
	t.Parallel()
	l := listen(t)
	record := lockstep.DependencyRecord{Name: "cache", Endpoint: l.Addr().String(), Check: &lockstep.CheckSpec{Interval: quick}}
	w := newWorld(t, record)
	other := w.env
	other.ID, other.Name = "other", "staging"
	change(t, w.store, lockstep.EventEnvironmentCreated, other, func(tx *store.Tx) error { return tx.PutEnvironment(other) })
	r := &reads{w.store, make(chan lockstep.Monitored, 100)}
	follows(t, r, Options{Holder: "one"})
	w.changes("cache", lockstep.HealthHealthy)
	for len(r.told) > 0 { // the start, and the duty
		if m := r.next(t); !m.Whole || len(m.Environments) != 2 {
			t.Errorf("read %+v", m)
		}
	}
	w.env.Spec.Dependencies = nil
	w.put()
	if m := r.next(t); m.Whole || !slices.Equal(m.Concerned, []string{"e"}) || len(m.Environments) != 1 {
		t.Errorf("read %+v", m)
	}
	change(t, w.store, lockstep.EventEnvironmentDeleted, other, func(tx *store.Tx) error { return tx.DeleteEnvironment(other.ID) })
	if m := r.next(t); m.Whole || !slices.Equal(m.Concerned, []string{"other"}) || len(m.Environments) != 0 {
		t.Errorf("read %+v", m)
	}
}

// TestTheDeletedIsLeft: what an event says is gone is not checked any more,
// and the others go on.
func TestTheDeletedIsLeft(t *testing.T) {
	t.Parallel()
	l := listen(t)
	w := newWorld(t, lockstep.DependencyRecord{Name: "cache", Endpoint: l.Addr().String(), Check: &lockstep.CheckSpec{Interval: quick}})
	other := w.env
	other.ID, other.Name = "other", "staging"
	change(t, w.store, lockstep.EventEnvironmentCreated, other, func(tx *store.Tx) error { return tx.PutEnvironment(other) })
	m, _ := w.watch(Options{})
	w.changes("cache", lockstep.HealthHealthy)
	until(t, func() bool { return len(m.Latest("other")) == 1 })
	change(t, w.store, lockstep.EventEnvironmentDeleted, other, func(tx *store.Tx) error { return tx.DeleteEnvironment(other.ID) })
	until(t, func() bool { return len(m.Latest("other")) == 0 })
	if got := m.Latest("e"); len(got) != 1 || got[0].Status != lockstep.HealthHealthy {
		t.Errorf("latest %+v", got)
	}
}

// TestWhatIsMissedIsSeenLater: an environment that changed without an event.
func TestWhatIsMissedIsSeenLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, lockstep.DependencyRecord{Name: "cache", Endpoint: listen(t).Addr().String(), Check: &lockstep.CheckSpec{Interval: quick}})
	m := New(Options{Store: w.store, Holder: "one"})
	m.takeDuty(t.Context())
	m.follow(t.Context())
	w.env.Spec.Dependencies = nil
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(w.env) }); err != nil {
		t.Fatal(err)
	}
	for range wholeEvery - 1 {
		m.follow(t.Context())
	}
	if len(m.targets) != 1 {
		t.Fatalf("all is read again at once: %v", m.targets)
	}
	m.follow(t.Context())
	if len(m.targets) != 0 {
		t.Errorf("targets %v", m.targets)
	}
}

// TestRulesAreCompiledOnce, however many environments have them, and
// forgotten with the last.
func TestRulesAreCompiledOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rule := lockstep.AlertRule{Name: "unwell", When: "health.score < 90"}
	w.env.Spec.Alerts = []lockstep.AlertRule{rule}
	w.put()
	other := w.env
	other.ID, other.Name = "other", "staging"
	change(t, w.store, lockstep.EventEnvironmentCreated, other, func(tx *store.Tx) error { return tx.PutEnvironment(other) })
	m := New(Options{Store: w.store, Holder: "one"})
	m.follow(t.Context())
	first := m.alerts["e"].rules[0]
	if len(m.rules) != 1 || fmt.Sprint(first) != fmt.Sprint(m.alerts["other"].rules[0]) {
		t.Errorf("two environments have %d rules of one text", len(m.rules))
	}
	w.put()
	m.follow(t.Context())
	if fmt.Sprint(first) != fmt.Sprint(m.alerts["e"].rules[0]) { // by the address of its program
		t.Error("a rule whose text stayed is compiled again")
	}
	w.env.Spec.Alerts[0].When = "health.score < 80"
	w.put()
	m.follow(t.Context())
	if fmt.Sprint(first) == fmt.Sprint(m.alerts["e"].rules[0]) {
		t.Error("a rule whose text changed stays")
	}
	change(t, w.store, lockstep.EventEnvironmentDeleted, other, func(tx *store.Tx) error { return tx.DeleteEnvironment(other.ID) })
	m.known = everything
	m.follow(t.Context())
	if len(m.rules) != 1 || len(m.alerts) != 1 {
		t.Errorf("rules %v of %v", m.rules, m.alerts)
	}
}

// TestBothServersFollow: what one server of a database changes is followed by
// both.
func TestBothServersFollow(t *testing.T) {
	t.Parallel()
	url := postgres.Database(t)
	env := lockstep.Environment{ID: "e", ProjectID: "p", Name: "production", Type: lockstep.TypeProduction, Status: lockstep.EnvironmentInactive, HostID: ""}
	stores := make([]*store.Store, 2)
	both := make([]*reads, 2)
	seen := make(chan string, 1000)
	for i := range stores {
		db, err := store.Open(t.Context(), store.Options{DatabaseURL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		stores[i], both[i] = db, &reads{db, make(chan lockstep.Monitored, 100)}
	}
	err := stores[0].Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.PutProject(lockstep.Project{ID: "p", Name: "shop"}), tx.PutEnvironment(env))
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"one", "two"} {
		follows(t, both[i], Options{Holder: name, Apps: func(_ context.Context, e lockstep.Environment) ([]lockstep.ServiceHealth, error) {
			seen <- name + " " + e.ActiveID
			return nil, nil
		}})
		both[i].next(t)
	}
	env.ActiveID = "r1"
	change(t, stores[0], lockstep.EventOperationFinished, env, func(tx *store.Tx) error { return tx.PutEnvironment(env) })
	got := map[string]bool{}
	for len(got) < 2 {
		select {
		case who := <-seen:
			got[who] = true
		case <-time.After(20 * time.Second):
			t.Fatalf("seen %v", got)
		}
	}
	if !got["one r1"] || !got["two r1"] {
		t.Errorf("seen %v", got)
	}
}

// until waits for what no signal tells of.
func until(t *testing.T, so func() bool) {
	t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it does not come to be so")
		}
	}
}
