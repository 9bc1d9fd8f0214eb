package engine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/engine"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// databases are the two that everything runs on.
func databases() map[string]func(testing.TB) store.Options {
	return map[string]func(testing.TB) store.Options{"SQLite": sqlite, "PostgreSQL": postgreSQL}
}

func sqlite(tb testing.TB) store.Options {
	tb.Helper()
	return store.Options{DataDir: tb.TempDir()}
}

func postgreSQL(tb testing.TB) store.Options {
	tb.Helper()
	return store.Options{DatabaseURL: postgres.Database(tb)}
}

// quick makes an environment in which deployments have five steps and none
// has anything to do: v1 and v2 both run and take turns, unvalidated.
func (w *world) quick(env string) {
	w.t.Helper()
	w.environment(env, func(e *lockstep.Environment) { e.Status = lockstep.EnvironmentActive })
	v1, v2 := w.revision(env, "v1", service("app", "/")), w.revision(env, "v2", service("app", "/", "log two"))
	w.serving(env, v2)
	w.serving(env, v1)
	e := w.read(env)
	until := time.Now().Add(time.Hour)
	e.WarmID, e.WarmUntil = v2.ID, &until
	w.update(func(tx *store.Tx) error { return tx.PutEnvironment(e) })
}

// BenchmarkOperations measures how many operations of five steps that do
// nothing one worker ends in a second: what the journal costs.
func BenchmarkOperations(b *testing.B) {
	for name, options := range databases() {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, options(b))
			defer w.close()
			const envs = 32
			for i := range min(envs, b.N) {
				w.quick(fmt.Sprintf("env-%d", i))
			}
			last := map[string]string{}
			for i := range b.N {
				env, version := fmt.Sprintf("env-%d", i%envs), "v2"
				if i/envs%2 == 1 {
					version = "v1"
				}
				last[env] = w.deploy(env, version, func(d *lockstep.Deployment) { d.ValidationRequired = false })
			}
			b.ResetTimer()
			_, stop := w.start("one")
			for _, id := range last {
				if op := w.finished(id); op.Status != lockstep.StatusCompleted || len(op.Steps) != 5 {
					b.Fatal(journal(op))
				}
			}
			b.StopTimer()
			stop()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
			b.ReportMetric(0, "ns/op") // an operation waits for others: the rate is what counts
		})
	}
}

// BenchmarkTakeover measures the time from the death of a worker in the
// middle of an operation until another one has ended it, at the default lease
// of six seconds.
func BenchmarkTakeover(b *testing.B) {
	for name, options := range databases() {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, options(b))
			defer w.close()
			for i := range b.N {
				b.StopTimer()
				env := fmt.Sprintf("env-%d", i)
				w.quick(env)
				m := w.mortal(point{"after:effect:start", 1})
				_, stopMortal := w.start("mortal", m.options)
				id := w.deploy(env, "v2", func(d *lockstep.Deployment) { d.ValidationRequired = false })
				<-m.died
				_, stopHeir := w.start("heir")
				b.StartTimer()
				op := w.finished(id)
				b.StopTimer()
				if op.Status != lockstep.StatusCompleted {
					b.Fatal(journal(op))
				}
				m.wake()
				stopMortal()
				stopHeir()
				b.StartTimer()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/takeover")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// TestOnPostgreSQL is one whole takeover in real time, on the database that
// several servers share.
func TestOnPostgreSQL(t *testing.T) {
	t.Parallel()
	w := newWorld(t, postgreSQL(t))
	defer w.close()
	w.quick("staging")
	short := func(o *engine.Options) { o.TTL, o.Poll = time.Second, 50*time.Millisecond }
	m := w.mortal(point{"after:effect:route", 2})
	_, stopMortal := w.start("mortal", short, m.options)
	id := w.deploy("staging", "v2", func(d *lockstep.Deployment) { d.ValidationRequired = false })
	<-m.died
	before := len(w.fake.Effects())
	_, stopHeir := w.start("heir", short)
	op := w.finished(id)
	m.wake()
	stopMortal()
	stopHeir()
	wantStatus(t, op, lockstep.StatusCompleted)
	wantStep(t, op, "switch-traffic-to-green", 2)
	if again := w.fake.Effects()[before:]; len(again) != 0 {
		t.Errorf("the heir did again what was done: %v", again)
	}
	if e := w.read("staging"); e.ActiveID != "staging.v2" || e.WarmID != "staging.v1" || w.routed("staging") != "staging.v2" {
		t.Errorf("active %s, warm %s, requests go to %s", e.ActiveID, e.WarmID, w.routed("staging"))
	}
}
