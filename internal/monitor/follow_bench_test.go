package monitor

import (
	"fmt"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/alert"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// BenchmarkFollow: 1,000 environments of 4 dependencies and 3 alerts each, an
// event each 100 ms, so that each look, once a second, meets ten. One
// iteration is two looks: one that reads everything and compiles all rules
// anew, and one at what the events concern. ratio is how much more processor
// time the first takes, the store's included.
func BenchmarkFollow(b *testing.B) {
	const environments, events = 1000, 10
	db, err := store.Open(b.Context(), store.Options{DataDir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var states lockstep.HealthBatch
	err = db.Update(b.Context(), func(tx *store.Tx) error {
		if err := tx.PutProject(lockstep.Project{ID: "p", Name: "shop"}); err != nil {
			return err
		}
		for i := range environments {
			e := lockstep.Environment{ID: fmt.Sprint("e", i), ProjectID: "p", Name: fmt.Sprint("env-", i), Type: lockstep.TypeCustom, Status: lockstep.EnvironmentInactive}
			for n := range 4 {
				name := fmt.Sprint("d", n)
				e.Spec.Dependencies = append(e.Spec.Dependencies, lockstep.DependencyRecord{Name: name, Type: lockstep.ServiceAPI, Endpoint: "tcp://127.0.0.1:1"})
				states.States = append(states.States, lockstep.ServiceHealth{EnvironmentID: e.ID, Name: name, Type: lockstep.ServiceAPI, Managed: true, Status: lockstep.HealthHealthy})
			}
			for n := range 3 {
				e.Spec.Alerts = append(e.Spec.Alerts, lockstep.AlertRule{Name: fmt.Sprint("a", n), When: fmt.Sprintf("health.score < %d and !services.d%d.up", 50+i%50, n)})
			}
			if err := tx.PutEnvironment(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = db.RecordHealth(b.Context(), states)
	}
	if err != nil {
		b.Fatal(err)
	}
	m := New(Options{Store: db, Holder: "one"})
	m.takeDuty(b.Context())
	m.follow(b.Context())
	next := 0
	look := func() (cpu, took time.Duration) {
		for range events {
			env := fmt.Sprint("e", next%environments)
			next++
			err := db.Update(b.Context(), func(tx *store.Tx) error {
				return tx.AppendEvent(lockstep.Event{Type: lockstep.EventEnvironmentUpdated, ProjectID: "p", EnvironmentID: env})
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		spent, began := processorTime(b), time.Now()
		m.follow(b.Context())
		return processorTime(b) - spent, time.Since(began)
	}
	var whole, part, wholeTook, partTook time.Duration
	for b.Loop() {
		m.known, m.rules = everything, map[lockstep.AlertRule]alert.Rule{}
		cpu, took := look()
		whole, wholeTook = whole+cpu, wholeTook+took
		m.looks = 0
		cpu, took = look()
		part, partTook = part+cpu, partTook+took
	}
	if len(m.targets) != 4*environments || len(m.alerts) != environments {
		b.Fatalf("%d targets and %d with alerts", len(m.targets), len(m.alerts))
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(ms(whole), "whole-cpu-ms")
	b.ReportMetric(ms(wholeTook), "whole-ms")
	b.ReportMetric(ms(part), "part-cpu-ms")
	b.ReportMetric(ms(partTook), "part-ms")
	b.ReportMetric(float64(whole)/float64(part), "ratio")
}
