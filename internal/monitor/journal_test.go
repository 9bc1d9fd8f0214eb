package monitor

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestSpansAreSpread(t *testing.T) {
	t.Parallel()
	j := newJournal()
	quarter := time.Date(2026, 11, 22, 12, 15, 0, 0, time.UTC)
	j.observe(key{"e", "s"}, span{quarter.Add(-70 * time.Second), quarter.Add(5 * time.Second), true})
	j.observe(key{"e", "s"}, span{quarter.Add(5 * time.Second), quarter.Add(7 * time.Second), false})
	got := map[time.Duration]map[time.Time]lockstep.ObservedTime{lockstep.RollupMinute: {}, lockstep.RollupQuarter: {}}
	for _, b := range j.rest() {
		for _, r := range b.Rollups {
			got[r.Resolution][r.Bucket] = lockstep.ObservedTime{Observed: r.Observed, Up: r.Up}
		}
	}
	same := func(d time.Duration) lockstep.ObservedTime { return lockstep.ObservedTime{Observed: d, Up: d} }
	partly := lockstep.ObservedTime{Observed: 7 * time.Second, Up: 5 * time.Second}
	for resolution, want := range map[time.Duration]map[time.Time]lockstep.ObservedTime{
		lockstep.RollupMinute:  {quarter.Add(-2 * time.Minute): same(10 * time.Second), quarter.Add(-time.Minute): same(time.Minute), quarter: partly},
		lockstep.RollupQuarter: {quarter.Add(-15 * time.Minute): same(70 * time.Second), quarter: partly},
	} {
		if len(got[resolution]) != len(want) {
			t.Errorf("%s: %v", resolution, got[resolution])
		}
		for bucket, w := range want {
			if got[resolution][bucket] != w {
				t.Errorf("%s from %s: %v, want %v", resolution, bucket, got[resolution][bucket], w)
			}
		}
	}
	if again := j.rest(); len(again) != 0 {
		t.Errorf("written twice: %+v", again)
	}
}

// TestWhatCouldNotBeWritten comes again, behind what is newer.
func TestWhatCouldNotBeWritten(t *testing.T) {
	t.Parallel()
	j := newJournal()
	k := key{"e", "s"}
	note := func(status lockstep.HealthStatus) {
		j.state(k, lockstep.ServiceHealth{EnvironmentID: "e", Name: "s", Status: status})
		j.change(k, lockstep.HealthChange{Status: status}, lockstep.Event{})
	}
	begin := time.Unix(0, 0)
	note(lockstep.HealthHealthy)
	j.observe(k, span{begin, begin.Add(time.Second), true})
	lost := j.rest()
	note(lockstep.HealthUnhealthy)
	j.observe(k, span{begin.Add(time.Second), begin.Add(3 * time.Second), false})
	for _, b := range lost {
		j.back(b)
	}
	var all lockstep.HealthBatch
	for _, b := range j.rest() {
		all.States, all.Changes, all.Rollups = append(all.States, b.States...), append(all.Changes, b.Changes...), append(all.Rollups, b.Rollups...)
	}
	if len(all.States) != 1 || all.States[0].Status != lockstep.HealthUnhealthy {
		t.Errorf("states %+v", all.States)
	}
	if len(all.Changes) != 2 || all.Changes[0].Status != lockstep.HealthHealthy {
		t.Errorf("changes %+v", all.Changes)
	}
	for _, r := range all.Rollups {
		if r.Observed != 3*time.Second || r.Up != time.Second {
			t.Errorf("rollup %+v", r)
		}
	}
}

func TestBatchesAreBounded(t *testing.T) {
	t.Parallel()
	j := newJournal()
	for i := range 2*batchSize + 1 {
		k := named(i)
		j.state(k, lockstep.ServiceHealth{EnvironmentID: k.environment, Name: k.service})
		j.change(k, lockstep.HealthChange{}, lockstep.Event{})
	}
	states, changes := 0, 0
	for _, b := range j.news() {
		if len(b.States) > batchSize || len(b.Changes) > batchSize || len(b.Changes) != len(b.Events) {
			t.Errorf("a batch of %d states, %d changes, %d events", len(b.States), len(b.Changes), len(b.Events))
		}
		states, changes = states+len(b.States), changes+len(b.Changes)
	}
	if states != 2*batchSize+1 || changes != states {
		t.Errorf("%d states, %d changes", states, changes)
	}
}
