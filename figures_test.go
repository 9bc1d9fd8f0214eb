package lockstep_test

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// The quantile of two minutes is that of their requests together: an average
// of their quantiles would say 50 ms.
func TestQuantilesComeFromMergedHistograms(t *testing.T) {
	t.Parallel()
	var fast, slow []int64
	for range 990 {
		fast = append(fast, 1000)
	}
	for range 10 {
		slow = append(slow, 100_000)
	}
	a := lockstep.Figures{Requests: 990, Latencies: lockstep.CountLatencies(fast...)}
	b := lockstep.Figures{Requests: 10, Latencies: lockstep.CountLatencies(slow...)}
	got := a.Plus(b).Totals(2 * time.Minute)
	if got.Latency.P95 > 1.1 || got.Requests != 1000 || got.PerSecond != 1000.0/120 {
		t.Errorf("totals %+v", got)
	}
}

func TestAMinuteThatNobodySawIsAGap(t *testing.T) {
	t.Parallel()
	row := func(minute int, covered time.Duration, requests int64) lockstep.FiguresRow {
		return lockstep.FiguresRow{
			At: noon.Add(time.Duration(minute) * time.Minute), Covered: covered,
			EnvironmentFigures: lockstep.EnvironmentFigures{All: lockstep.Figures{Requests: requests}},
		}
	}
	rows := []lockstep.FiguresRow{row(0, time.Minute, 60), row(1, 30*time.Second, 60), row(3, time.Minute, 0)}
	got := lockstep.Series(rows, noon, noon.Add(4*time.Minute), time.Minute)
	if len(got) != 4 {
		t.Fatalf("%d points", len(got))
	}
	for i, want := range []struct{ covered, rate float64 }{{1, 1}, {0.5, 2}, {0, 0}, {1, 0}} {
		if got[i].Covered != want.covered || got[i].PerSecond != want.rate {
			t.Errorf("point %d: %+v, want %+v", i, got[i], want)
		}
	}
	wide := lockstep.Series(rows, noon, noon.Add(4*time.Minute), 2*time.Minute)
	if len(wide) != 2 || wide[0].Requests != 120 || wide[0].Covered != 0.75 || wide[1].Covered != 0.5 {
		t.Errorf("in steps of two minutes %+v", wide)
	}
}

func TestPartsOfSeveralRevisionsAddUpSideBySide(t *testing.T) {
	t.Parallel()
	part := func(revision, service string, requests, cpu int64) lockstep.FiguresPart {
		return lockstep.FiguresPart{Revision: revision, Service: service, Figures: lockstep.Figures{Requests: requests, CPU: cpu, CPUOf: 120_000, Looked: 60_000}}
	}
	e := lockstep.EnvironmentFigures{Parts: []lockstep.FiguresPart{
		part("old", "web", 10, 30_000), part("new", "web", 30, 30_000), part("new", "api", 5, 6000),
		{Revision: "new", Figures: lockstep.Figures{Failed: 5}},
	}}
	services := e.ByService(time.Minute)
	if len(services) != 2 || services[1].Name != "web" || services[1].Requests != 40 || services[1].CPU.Average != 1 {
		t.Errorf("services %+v", services)
	}
	revisions := e.ByRevision(time.Minute)
	if len(revisions) != 2 || revisions[0].Revision != "new" || revisions[0].Requests != 40 || revisions[0].Errors != 5 {
		t.Errorf("revisions %+v", revisions)
	}
}

func TestTotalsSayHowMuchOfWhatThereIsWasUsed(t *testing.T) {
	t.Parallel()
	f := lockstep.Figures{
		Looked: 60_000, CPU: 30_000, CPUOf: 120_000, CPUPeak: 1500,
		Memory: 60 * 1024, MemoryOf: 60 * 4096, MemoryPeak: 2 << 20, Disk: 10, DiskOf: 100, DiskFree: 25,
	}
	got := f.Totals(time.Minute)
	if c := got.CPU; c.Average != 0.5 || c.Of != 2 || c.Percent != 25 || c.Peak != 1.5 {
		t.Errorf("cpu %+v", c)
	}
	if m := got.Memory; m.Average != 1<<20 || m.Of != 4<<20 || m.Percent != 25 {
		t.Errorf("memory %+v", m)
	}
	if s := got.Storage; s.Percent != 75 || s.Bytes != 10 {
		t.Errorf("storage %+v", s)
	}
	if got := (lockstep.Figures{}).Totals(time.Minute); got.CPU != nil || got.Storage != nil {
		t.Errorf("what was not looked at is %+v", got)
	}
}
