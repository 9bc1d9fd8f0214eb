package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testHistory(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"the newest comes first, in pages", testHistoryPages},
		{"what has ended is not told as asked for", testHistoryOfOperations},
		{"what runs now is found at once", func(t *testing.T, w *world) {
			env := w.environment("staging")
			d := w.deploy(env, "1.0.0")
			c := w.claim("worker", time.Hour)
			w.plan(c.Lease, "one", "two")
			w.record(c.Lease, lockstep.Record{Step: &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1}})
			for _, project := range []string{w.project.ID, ""} {
				w.view(func(tx *store.Tx) error {
					running, err := tx.RunningSteps(project)
					if len(running) != 1 || len(running[d.ID]) != 1 || running[d.ID][0].Name != "one" {
						t.Errorf("of %q: %+v", project, running)
					}
					return err
				})
			}
			w.view(func(tx *store.Tx) error {
				none, err := tx.RunningSteps("other")
				w.must(err)
				operations, err := tx.OperationsOf([]string{d.ID, "nope"})
				w.must(err)
				deployments, err := tx.DeploymentsOf([]string{d.ID, "nope"})
				w.must(err)
				names, err := tx.EnvironmentNames(w.project.ID)
				if len(none) != 0 || len(operations) != 1 || len(deployments) != 1 || names[env.ID] != "staging" {
					t.Errorf("%v, %d operations, %d deployments, %v", none, len(operations), len(deployments), names)
				}
				return err
			})
		}},
	})
}

func testHistoryPages(t *testing.T, w *world) {
	one, two := w.environment("one"), w.environment("two")
	var want []int64
	for i := range 5 {
		env := []string{one.ID, two.ID}[i%2]
		w.update(func(tx *store.Tx) error {
			for _, e := range []lockstep.Event{
				{Type: lockstep.EventEnvironmentUpdated, ProjectID: w.project.ID, EnvironmentID: env, Actor: "ada"},
				{Type: lockstep.EventStepProgress, ProjectID: w.project.ID, EnvironmentID: env},
				{Type: lockstep.EventEnvironmentUpdated, ProjectID: "other", Actor: "ada"},
			} {
				if err := tx.AppendEvent(e); err != nil {
					return err
				}
			}
			return nil
		})
		want = append([]int64{w.newest() - 2}, want...)
	}
	read := func(f lockstep.HistoryFilter) (all []int64) {
		f.ProjectID = w.project.ID
		for cursor, more := "", true; more; more = cursor != "" {
			w.view(func(tx *store.Tx) (err error) {
				var page []lockstep.Event
				page, cursor, err = tx.History(f, lockstep.Page{Cursor: cursor, Limit: 2})
				for _, e := range page {
					all = append(all, e.Seq)
				}
				return err
			})
		}
		return all
	}
	types := []lockstep.EventType{lockstep.EventEnvironmentUpdated}
	if got := read(lockstep.HistoryFilter{Types: types}); !slices.Equal(got, want) {
		t.Errorf("history %v, want %v", got, want)
	}
	if got := read(lockstep.HistoryFilter{Types: types, EnvironmentID: two.ID}); !slices.Equal(got, []int64{want[1], want[3]}) {
		t.Errorf("of one environment %v", got)
	}
	if got := read(lockstep.HistoryFilter{Types: types, Actor: "bob"}); len(got) != 0 {
		t.Errorf("bob did %v", got)
	}
	w.view(func(tx *store.Tx) error {
		last, err := tx.LastEvents(w.project.ID, types)
		if len(last) != 2 || last[one.ID].Seq != want[0] || last[two.ID].Seq != want[1] {
			t.Errorf("last %+v", last)
		}
		return err
	})
}

func testHistoryOfOperations(t *testing.T, w *world) {
	env := w.environment("staging")
	d := w.deploy(env, "1.0.0")
	asked := lockstep.Event{Type: lockstep.EventOperationRequested, ProjectID: w.project.ID, EnvironmentID: env.ID, OperationID: d.ID}
	w.update(func(tx *store.Tx) error { return tx.AppendEvent(asked) })
	count := func(f lockstep.HistoryFilter) (n int) {
		f.ProjectID, f.Types = w.project.ID, []lockstep.EventType{lockstep.EventOperationRequested, lockstep.EventOperationFinished}
		w.view(func(tx *store.Tx) error {
			all, _, err := tx.History(f, lockstep.Page{})
			n = len(all)
			return err
		})
		return n
	}
	if got := count(lockstep.HistoryFilter{}); got != 1 {
		t.Errorf("it waits: %d entries", got)
	}
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, "one")
	ended := ends(lockstep.StatusCompleted, lockstep.EnvironmentActive)
	ended.Events = []lockstep.Event{{Type: lockstep.EventOperationFinished, ProjectID: w.project.ID, EnvironmentID: env.ID, OperationID: d.ID}}
	w.record(c.Lease, lockstep.Record{Step: &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Attempts: 1}})
	w.record(c.Lease, lockstep.Record{Step: &lockstep.Step{Seq: 1, Status: lockstep.StepCompleted, Attempts: 1}})
	w.record(c.Lease, ended)
	for name, tt := range map[string]struct {
		filter lockstep.HistoryFilter
		want   int
	}{
		"all":           {lockstep.HistoryFilter{}, 1},
		"of its asker":  {lockstep.HistoryFilter{Actor: w.operation(d.ID).CreatedBy}, 1},
		"of somebody":   {lockstep.HistoryFilter{Actor: "somebody"}, 0},
		"deployments":   {lockstep.HistoryFilter{Operations: []lockstep.OperationKind{lockstep.OperationDeploy}}, 1},
		"of other ones": {lockstep.HistoryFilter{Operations: []lockstep.OperationKind{lockstep.OperationScale}}, 0},
	} {
		if got := count(tt.filter); got != tt.want {
			t.Errorf("%s: %d entries, want %d", name, got, tt.want)
		}
	}
}
