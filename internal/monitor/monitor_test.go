package monitor

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// world is a database with one environment, and what watches it.
type world struct {
	*testing.T
	store *store.Store
	env   lockstep.Environment
	after int64 // the newest event that was looked at
}

const quick = lockstep.Duration(30 * time.Millisecond)

func newWorld(t *testing.T, dependencies ...lockstep.DependencyRecord) *world {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := time.Now()
	w := &world{T: t, store: db, env: lockstep.Environment{
		ID: "e", ProjectID: "p", Project: "shop", Name: "production", Type: lockstep.TypeProduction, Status: lockstep.EnvironmentInactive,
		Spec: lockstep.EnvironmentSpec{Dependencies: dependencies}, CreatedAt: now, UpdatedAt: now,
	}}
	err = db.Update(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.PutProject(lockstep.Project{ID: "p", Name: "shop", CreatedAt: now, UpdatedAt: now}), tx.PutEnvironment(w.env))
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// put records the environment as it is now, as applying a matrix does.
func (w *world) put() {
	w.Helper()
	err := w.store.Update(w.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.PutEnvironment(w.env), tx.AppendEvent(lockstep.Event{Type: lockstep.EventEnvironmentUpdated, EnvironmentID: "e"}))
	})
	if err != nil {
		w.Fatal(err)
	}
}

// watch runs a monitor until the test ends, or stop is called.
func (w *world) watch(opts Options) (m *Monitor, stop func()) {
	opts.Store = w.store
	if opts.Holder == "" {
		opts.Holder = "one"
	}
	opts.dutyEvery = 50 * time.Millisecond
	m = New(opts)
	ctx, cancel := context.WithCancel(w.Context())
	var running sync.WaitGroup
	running.Go(func() { m.Run(ctx) })
	stop = func() {
		cancel()
		running.Wait()
	}
	w.Cleanup(stop)
	return m, stop
}

// changes waits for a service to get into a state.
func (w *world) changes(service string, to lockstep.HealthStatus) lockstep.Event {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 30*time.Second)
	defer cancel()
	for {
		events, err := w.store.Events(ctx, w.after, lockstep.EventFilter{EnvironmentID: "e"}, 100)
		if err != nil {
			w.Fatalf("%s did not get %s: %v", service, to, err)
		}
		for _, e := range events {
			w.after = e.Seq
			if e.Type != lockstep.EventHealthChanged || e.Data["service"] != service {
				continue
			}
			if e.Data["to"] == string(to) {
				return e
			}
			w.Fatalf("%s is to get %s, and %v", service, to, e.Data)
		}
	}
}

func (w *world) states() []lockstep.ServiceHealth {
	w.Helper()
	all, err := w.store.HealthStates(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return all
}

func TestWhatDiesAndComesBack(t *testing.T) {
	t.Parallel()
	l := listen(t)
	address := l.Addr().String()
	w := newWorld(t, lockstep.DependencyRecord{Name: "cache", Type: lockstep.ServiceCache, Endpoint: address, Check: &lockstep.CheckSpec{Interval: quick}},
		lockstep.DependencyRecord{Name: "storage", Type: lockstep.ServiceStorage})
	var mu sync.Mutex
	checked := map[lockstep.HealthStatus]int{}
	m, stop := w.watch(Options{Checked: func(kind lockstep.CheckKind, status lockstep.HealthStatus, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		checked[status]++
	}})
	if e := w.changes("cache", lockstep.HealthHealthy); e.Data["from"] != "unknown" || e.ProjectID != "p" {
		t.Errorf("event %+v", e)
	}
	l.Close()
	if e := w.changes("cache", lockstep.HealthUnhealthy); e.Data["message"] != "the connection was refused" {
		t.Errorf("event %+v", e)
	}
	if got := m.Latest("e"); len(got) != 1 || got[0].Name != "cache" || got[0].Status != lockstep.HealthUnhealthy {
		t.Errorf("latest %+v", got)
	}
	again, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	w.changes("cache", lockstep.HealthHealthy)
	stop()
	mu.Lock()
	defer mu.Unlock()
	if checked[lockstep.HealthUnhealthy] < lockstep.DefaultUnhealthyAfter || checked[lockstep.HealthHealthy] < 2 {
		t.Errorf("checked %v", checked)
	}
	var changes []lockstep.HealthChange
	var uptime map[string]lockstep.ObservedTime
	err = w.store.View(t.Context(), func(tx *store.Tx) (err error) {
		if changes, err = tx.HealthChanges("e", 10); err != nil {
			return err
		}
		uptime, err = tx.HealthUptime("e", lockstep.RollupMinute, time.Now().Add(-time.Hour))
		return err
	})
	if err != nil || len(changes) != 3 || changes[1].Status != lockstep.HealthUnhealthy || changes[1].Message == "" {
		t.Errorf("changes %+v, %v", changes, err)
	}
	if u := uptime["cache"]; u.Observed <= 0 || u.Up <= 0 || u.Up >= u.Observed {
		t.Errorf("it was down for a part of what was observed: %+v", u)
	}
}

func TestARestartGoesOn(t *testing.T) {
	t.Parallel()
	l := listen(t)
	w := newWorld(t, lockstep.DependencyRecord{Name: "cache", Endpoint: l.Addr().String(), Check: &lockstep.CheckSpec{Interval: quick}})
	_, stop := w.watch(Options{})
	w.changes("cache", lockstep.HealthHealthy)
	stop()
	before := w.states()
	checked := make(chan bool, 100)
	m, stop := w.watch(Options{Checked: func(lockstep.CheckKind, lockstep.HealthStatus, time.Duration) {
		select {
		case checked <- true:
		default:
		}
	}})
	for range 2 { // the first is taken in when the second is told
		<-checked
	}
	got := m.Latest("e")
	stop()
	if len(before) != 1 || len(got) != 1 || got[0].Status != lockstep.HealthHealthy || !got[0].Since.Equal(*before[0].Since) || !got[0].CheckedAt.After(*before[0].CheckedAt) {
		t.Errorf("before %+v, after %+v", before, got)
	}
}

func TestOneOfTwoServersChecks(t *testing.T) {
	t.Parallel()
	l := listen(t)
	w := newWorld(t, lockstep.DependencyRecord{Name: "cache", Endpoint: l.Addr().String(), Check: &lockstep.CheckSpec{Interval: quick}})
	var mu sync.Mutex
	told := map[string]int{}
	second := make(chan bool, 1)
	count := func(who string) func(lockstep.CheckKind, lockstep.HealthStatus, time.Duration) {
		return func(lockstep.CheckKind, lockstep.HealthStatus, time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			told[who]++
			if who == "second" {
				select {
				case second <- true:
				default:
				}
			}
		}
	}
	_, stop := w.watch(Options{Holder: "first", Checked: count("first")})
	w.changes("cache", lockstep.HealthHealthy)
	w.watch(Options{Holder: "second", Checked: count("second")})
	l.Close()
	w.changes("cache", lockstep.HealthUnhealthy) // seen by the first, after the second had its time to begin
	stop()
	mu.Lock()
	before := told["second"]
	mu.Unlock()
	if before != 0 {
		t.Errorf("the second checked %d times beside the first", before)
	}
	select {
	case <-second:
	case <-time.After(20 * time.Second):
		t.Error("the second does not take over")
	}
}

func TestTheMonitorFollows(t *testing.T) {
	t.Parallel()
	a, b := listen(t), listen(t)
	record := func(name string, at net.Listener) lockstep.DependencyRecord {
		return lockstep.DependencyRecord{Name: name, Endpoint: at.Addr().String(), Check: &lockstep.CheckSpec{Interval: quick}}
	}
	w := newWorld(t, record("a", a))
	m, _ := w.watch(Options{})
	w.changes("a", lockstep.HealthHealthy)
	w.env.Spec.Dependencies = []lockstep.DependencyRecord{record("b", b)}
	w.put()
	w.changes("b", lockstep.HealthHealthy)
	if got := m.Latest("e"); len(got) != 1 || got[0].Name != "b" {
		t.Errorf("latest %+v", got)
	}
	if got := w.states(); len(got) != 1 || got[0].Name != "b" {
		t.Errorf("states %+v", got)
	}
	// The same name elsewhere is another check.
	b.Close()
	w.changes("b", lockstep.HealthUnhealthy)
	w.env.Spec.Dependencies = []lockstep.DependencyRecord{record("b", a)}
	w.put()
	w.changes("b", lockstep.HealthHealthy)
}

// TestAppsAreSampled: what an agent says becomes states, changes and uptime.
func TestAppsAreSampled(t *testing.T) {
	t.Parallel()
	m := New(Options{Holder: "one", chance: func() float64 { return 0 }})
	env := lockstep.Environment{ID: "e", ProjectID: "p"}
	tgt := target{key{"e", ""}, env, nil}
	m.targets[tgt.key] = tgt
	m.schedule.add(tgt.key, 0)
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	look := func(err error, all ...lockstep.ServiceHealth) {
		m.schedule.pass(time.Second)
		m.see(outcome{target: tgt, apps: all, err: err, at: at})
		at = at.Add(10 * time.Second)
	}
	web := func(ready int, status lockstep.HealthStatus) lockstep.ServiceHealth {
		return lockstep.ServiceHealth{Name: "web", Type: lockstep.ServiceApp, Serves: true, Ready: ready, Desired: 2, Status: status}
	}
	worker := lockstep.ServiceHealth{Name: "worker", Type: lockstep.ServiceApp, Desired: 1, Status: lockstep.HealthUnhealthy, Message: "crashed"}
	look(nil, web(2, lockstep.HealthHealthy), worker)   // 0 s
	look(nil, web(1, lockstep.HealthWarning), worker)   // 10 s: one serves still
	look(nil, web(0, lockstep.HealthUnhealthy), worker) // 20 s
	look(nil, web(2, lockstep.HealthHealthy))           // 30 s: the worker was deployed away
	look(errors.New("away"))                            // 40 s: until here it was up
	look(nil, web(2, lockstep.HealthHealthy))           // 50 s
	look(nil, web(2, lockstep.HealthHealthy))           // 60 s
	var all lockstep.HealthBatch
	for _, b := range m.journal.rest() {
		all.States, all.Changes, all.Rollups, all.Gone = append(all.States, b.States...), append(all.Changes, b.Changes...), append(all.Rollups, b.Rollups...), append(all.Gone, b.Gone...)
	}
	var statuses string
	for _, c := range all.Changes {
		if c.Service == "web" {
			statuses += letter(c.Status)
		}
	}
	if statuses != "hwuh?h" {
		t.Errorf("web changed through %s", statuses)
	}
	if len(all.States) != 1 || all.States[0].Name != "web" || all.States[0].Ready != 2 || !all.States[0].Serves || len(all.Gone) != 1 || all.Gone[0].Name != "worker" {
		t.Errorf("states %+v, gone %+v", all.States, all.Gone)
	}
	sums := map[string]lockstep.ObservedTime{}
	for _, r := range all.Rollups {
		if r.Resolution == lockstep.RollupMinute {
			sum := sums[r.Service]
			sums[r.Service] = lockstep.ObservedTime{Observed: sum.Observed + r.Observed, Up: sum.Up + r.Up}
		}
	}
	for service, want := range map[string]lockstep.ObservedTime{
		"":       {Observed: 50 * time.Second, Up: 40 * time.Second},
		"web":    {Observed: 50 * time.Second, Up: 40 * time.Second},
		"worker": {Observed: 20 * time.Second},
	} {
		if sums[service] != want {
			t.Errorf("%q: %+v, want %+v", service, sums[service], want)
		}
	}
}
