package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

func onBoth(b *testing.B, bench func(*testing.B, *store.Store)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { bench(b, open(b, store.Options{DataDir: b.TempDir()})) })
	b.Run("postgres", func(b *testing.B) { bench(b, open(b, store.Options{DatabaseURL: postgres.Database(b)})) })
}

// BenchmarkRecord is one entry of the journal with its event, each a durable
// commit on SQLite (the test's PostgreSQL does not sync).
func BenchmarkRecord(b *testing.B) {
	onBoth(b, func(b *testing.B, s *store.Store) {
		b.Helper()
		fill(b, s, 1, 1)
		c := take(b, s)
		plan := &lockstep.Plan{Steps: []lockstep.Step{{Name: "start", Kind: lockstep.StepStart}}}
		try(b, s.Record(b.Context(), c.Lease, lockstep.Record{Phase: lockstep.PhaseForward, Plan: plan}))
		step := lockstep.Step{Seq: 1, Status: lockstep.StepRunning}
		for b.Loop() {
			step.Attempts++
			try(b, s.Record(b.Context(), c.Lease, lockstep.Record{Step: &step, Events: []lockstep.Event{{Type: lockstep.EventStepStarted}}}))
		}
	})
}

// BenchmarkClaim takes one of 10,000 operations in as many environments.
func BenchmarkClaim(b *testing.B) {
	onBoth(b, func(b *testing.B, s *store.Store) {
		b.Helper()
		fill(b, s, 10_000, 1)
		for b.Loop() {
			c := take(b, s)
			b.StopTimer()
			try(b, s.Record(b.Context(), c.Lease, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusFailed}}))
			op := c.Operation
			op.ID += "x"
			try(b, s.Update(b.Context(), func(tx *store.Tx) error { return tx.AddOperation(op) }))
			b.StartTimer()
		}
	})
}

// BenchmarkNothingToClaim is the same question with 10,000 operations that
// wait behind one that runs.
func BenchmarkNothingToClaim(b *testing.B) {
	onBoth(b, func(b *testing.B, s *store.Store) {
		b.Helper()
		fill(b, s, 1, 10_000)
		take(b, s)
		for b.Loop() {
			if c, err := s.Claim(b.Context(), "worker", "", time.Hour); c != nil || err != nil {
				b.Fatal(c, err)
			}
		}
	})
}

// BenchmarkEnvironmentPage reads 50 of 10,000 environments, in their middle.
func BenchmarkEnvironmentPage(b *testing.B) {
	onBoth(b, func(b *testing.B, s *store.Store) {
		b.Helper()
		fill(b, s, 10_000, 0)
		var middle string
		try(b, s.View(b.Context(), func(tx *store.Tx) (err error) {
			for range 25 {
				if _, middle, err = tx.EnvironmentPage("p", lockstep.Page{Cursor: middle, Limit: 200}); err != nil {
					return err
				}
			}
			return nil
		}))
		for b.Loop() {
			try(b, s.View(b.Context(), func(tx *store.Tx) error {
				page, _, err := tx.EnvironmentPage("p", lockstep.Page{Cursor: middle})
				if len(page) != 50 {
					b.Fatal(len(page))
				}
				return err
			}))
		}
	})
}

// fill makes environments with operations that wait in each.
func fill(b *testing.B, s *store.Store, environments, operations int) {
	b.Helper()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	try(b, s.Update(b.Context(), func(tx *store.Tx) error {
		if err := tx.PutProject(lockstep.Project{ID: "p", Name: "sunday"}); err != nil {
			return err
		}
		for i := range environments {
			env := lockstep.Environment{
				ID: fmt.Sprintf("e%06d", i), ProjectID: "p", Name: fmt.Sprintf("env-%06d", i), Status: lockstep.EnvironmentInactive,
				Spec: lockstep.EnvironmentSpec{Dependencies: []lockstep.DependencyRecord{{Name: "database", Type: lockstep.ServiceDatabase}}},
			}
			if err := tx.PutEnvironment(env); err != nil {
				return err
			}
			for j := range operations {
				if err := tx.AddOperation(lockstep.Operation{
					ID: fmt.Sprintf("o%06d-%06d", i, j), Kind: lockstep.OperationRetire, ProjectID: "p", EnvironmentID: env.ID,
					Status: lockstep.StatusPending, Locks: []string{lockstep.EnvironmentLock(env.ID)}, CreatedAt: now.Add(time.Duration(j) * time.Second),
				}); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func take(b *testing.B, s *store.Store) *lockstep.Claimed {
	b.Helper()
	c, err := s.Claim(b.Context(), "worker", "", time.Hour)
	if c == nil || err != nil {
		b.Fatal("nothing claimed", err)
	}
	return c
}

func try(b *testing.B, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}
