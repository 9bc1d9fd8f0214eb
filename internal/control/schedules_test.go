package control_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (w *world) tryRule(rule string, change ...func(*control.ScheduleRequest)) result[lockstep.Schedule] {
	w.Helper()
	req := control.ScheduleRequest{Name: "nightly", Environment: "staging", Rule: rule}
	for _, c := range change {
		c(&req)
	}
	return got(w.control.CreateSchedule(w.Context(), ana, "", req))
}

// rule makes the schedule nightly of staging. It is 09:00 on 1 March 2026, a
// Sunday.
func (w *world) rule(rule string, change ...func(*control.ScheduleRequest)) lockstep.Schedule {
	w.Helper()
	return must(w, w.tryRule(rule, change...))
}

// tick does what is due, and returns the schedule nightly as it is then.
func (w *world) tick() lockstep.Schedule {
	w.Helper()
	if _, err := w.control.Tick(w.Context()); err != nil {
		w.Fatal(err)
	}
	return must(w, got(w.control.Schedule(w.Context(), "", "nightly")))
}

func wantFiring(w *world, s lockstep.Schedule, n int, outcome lockstep.FiringOutcome, instant, says string) lockstep.Firing {
	w.Helper()
	if len(s.History) != n {
		w.Fatalf("history %+v, want %d", s.History, n)
	}
	f := s.History[0]
	if f.Outcome != outcome || f.Instant.Format("2006-01-02 15:04") != instant || !strings.Contains(f.Reason, says) {
		w.Errorf("fired %+v, want %s at %s because %q", f, outcome, instant, says)
	}
	if (f.DeploymentID != "") != (outcome == lockstep.FiringDeployed) {
		w.Errorf("fired %+v", f)
	}
	return f
}

func TestAScheduleDeploysOnceAtItsTimes(t *testing.T) {
	t.Parallel()
	w := applied(t)
	newest := w.newest()
	s := w.rule("0 2 * * 1-5", func(r *control.ScheduleRequest) { r.TimeZone = "Europe/Berlin" })
	if s.NextAt == nil || s.NextAt.Format(time.RFC3339) != "2026-03-02T01:00:00Z" || len(s.Upcoming) != 5 || s.Release != "latest" ||
		s.Upcoming[4].Format(time.RFC3339) != "2026-03-06T01:00:00Z" || s.CreatedBy != "ana" || s.IfMissed != lockstep.MissedSkip {
		t.Errorf("schedule %+v", s)
	}
	if e := w.happened(newest); len(e) != 1 || e[0].Type != lockstep.EventScheduleChanged {
		t.Errorf("events %+v", e)
	}
	next, err := w.control.Tick(t.Context())
	if err != nil || !next.Equal(*s.NextAt) {
		t.Errorf("next %v, %v", next, err)
	}
	w.wantIdle()

	w.clock.pass(16*time.Hour + time.Minute)
	woken := w.woken.count()
	f := wantFiring(w, w.tick(), 1, lockstep.FiringDeployed, "2026-03-02 01:00", "")
	if w.woken.count() == woken {
		t.Error("the engine was not woken")
	}
	if c := w.work(); c.Operation.ID != f.DeploymentID || c.Operation.CreatedBy != "schedule nightly" {
		t.Errorf("worked on %+v", c.Operation)
	}
	wantFiring(w, w.tick(), 1, lockstep.FiringDeployed, "2026-03-02 01:00", "") // no second time

	w.clock.pass(24 * time.Hour)
	wantFiring(w, w.tick(), 2, lockstep.FiringSkipped, "2026-03-03 01:00", "staging runs 1.0.0 already")
	w.wantIdle()
	w.release("1.1.0")
	w.clock.pass(24 * time.Hour)
	wantFiring(w, w.tick(), 3, lockstep.FiringDeployed, "2026-03-04 01:00", "")
	if c := w.work(); c.Deployment.Version != "1.1.0" {
		t.Errorf("worked on %+v", c.Deployment)
	}
}

func TestWhatAScheduleSkips(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(matrixText)
	w.rule("@hourly")
	hour := func() lockstep.Schedule {
		w.clock.pass(time.Hour)
		return w.tick()
	}
	wantFiring(w, hour(), 1, lockstep.FiringSkipped, "2026-03-01 10:00", "release \"latest\" does not exist")
	w.release("1.0.0")
	w.setStatus("staging", lockstep.EnvironmentMaintenance)
	wantFiring(w, hour(), 2, lockstep.FiringSkipped, "2026-03-01 11:00", "staging is in maintenance")
	w.setStatus("staging", lockstep.EnvironmentInactive)
	d := w.deploy("staging", "1.0.0")
	wantFiring(w, hour(), 3, lockstep.FiringSkipped, "2026-03-01 12:00", "deployment "+d.ID+" of 1.0.0 is pending already")
	w.work()
	w.release("1.1.0")
	w.rolledBack("staging", "1.1.0")
	wantFiring(w, hour(), 4, lockstep.FiringSkipped, "2026-03-01 13:00", "failed in staging and was rolled back")
	w.release("1.2.0")
	must(w, got(w.control.Stop(t.Context(), ana, "", "staging")))
	w.work()
	wantFiring(w, hour(), 5, lockstep.FiringSkipped, "2026-03-01 14:00", "staging is stopped")
	w.wantIdle()
}

func TestMissedFirings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		policy  lockstep.IfMissed
		away    time.Duration
		outcome lockstep.FiringOutcome
		instant string
		says    string
	}{
		{lockstep.MissedSkip, 17*time.Hour + 10*time.Minute, lockstep.FiringDeployed, "2026-03-02 02:00", ""},
		{lockstep.MissedSkip, 17*time.Hour + 20*time.Minute, lockstep.FiringMissed, "2026-03-02 02:00", "it is 20m0s late"},
		{lockstep.MissedSkip, 5*24*time.Hour + 18*time.Hour, lockstep.FiringMissed, "2026-03-07 02:00", "what was due from 2026-03-02 02:00 UTC on, before this, was missed"},
		{lockstep.MissedSkip, 5*24*time.Hour + 17*time.Hour + time.Minute, lockstep.FiringDeployed, "2026-03-07 02:00", "was missed"},
		{lockstep.MissedRun, 5*24*time.Hour + 22*time.Hour, lockstep.FiringDeployed, "2026-03-07 02:00", "was missed"},
	} {
		w := applied(t)
		w.rule("0 2 * * *", func(r *control.ScheduleRequest) { r.IfMissed = c.policy })
		w.clock.pass(c.away)
		s := w.tick()
		wantFiring(w, s, 1, c.outcome, c.instant, c.says)
		if s.NextAt == nil || !s.NextAt.After(w.clock.Now()) {
			t.Errorf("%s after %s: the next time is %v", c.policy, c.away, s.NextAt)
		}
		wantFiring(w, w.tick(), 1, c.outcome, c.instant, c.says)
		if c.outcome == lockstep.FiringDeployed {
			w.work() // it is not too late for that itself
		}
		w.wantIdle()
	}
}

func TestOneFiringWhoeverMakesIt(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		w.rule("0 2 * * *")
		w.clock.pass(17*time.Hour + time.Minute)
		var servers sync.WaitGroup
		for range 4 {
			servers.Go(func() {
				if _, err := w.control.Tick(w.Context()); err != nil {
					w.Error(err)
				}
			})
		}
		servers.Wait()
		wantFiring(w, w.tick(), 1, lockstep.FiringDeployed, "2026-03-02 02:00", "")
		all := must(w, got(w.control.Deployments(w.Context(), "", "staging", "", lockstep.Page{})))
		if len(all.Items) != 1 {
			w.Errorf("deployments %+v", all.Items)
		}
	})
}

func TestASchedulesDeploymentWaitsForAnApprovalInTime(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("0 2 * * *", func(r *control.ScheduleRequest) { r.Environment = "production" })
	w.clock.pass(17*time.Hour + time.Minute)
	f := wantFiring(w, w.tick(), 1, lockstep.FiringDeployed, "2026-03-02 02:00", "")
	if d := w.deployment(f.DeploymentID); d.Status != lockstep.StatusPendingApproval || d.NotAfter == nil || d.NotAfter.Format("15:04") != "02:15" {
		t.Errorf("deployment %+v", d)
	}
}

func TestOnlyTheNewestOfASchedulesDeploymentsRuns(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("@hourly", func(r *control.ScheduleRequest) { r.Environment, r.IfMissed = "production", lockstep.MissedRun })
	w.clock.pass(time.Hour)
	first := wantFiring(w, w.tick(), 1, lockstep.FiringDeployed, "2026-03-01 10:00", "")
	own := w.deploy("production", "1.0.0") // a person's
	w.release("1.1.0")
	w.clock.pass(time.Hour)
	second := wantFiring(w, w.tick(), 2, lockstep.FiringDeployed, "2026-03-01 11:00", "")
	if d := w.deployment(first.DeploymentID); d.Status != lockstep.StatusCancelled || d.Error.Message != "superseded by 1.1.0" {
		t.Errorf("the first %+v", d)
	}
	for _, id := range []string{own.ID, second.DeploymentID} {
		if d := w.deployment(id); d.Status != lockstep.StatusPendingApproval {
			t.Errorf("deployment %+v", d)
		}
	}
}

func TestAScheduledPromotion(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("@hourly", func(r *control.ScheduleRequest) { r.Environment, r.Promote = "production", true })
	w.clock.pass(time.Hour)
	wantFiring(w, w.tick(), 1, lockstep.FiringSkipped, "2026-03-01 10:00", "nothing runs in staging")
	w.deployed("staging", "1.0.0")
	w.healthy("staging")
	w.clock.pass(time.Hour)
	f := wantFiring(w, w.tick(), 2, lockstep.FiringDeployed, "2026-03-01 11:00", "")
	if d := w.deployment(f.DeploymentID); d.PromotedFrom == nil || d.PromotedFrom.Environment != "staging" || d.Version != "1.0.0" {
		t.Errorf("deployment %+v", d)
	}
}

// A clock that was set back does not make a schedule fire at a time twice.
func TestAClockThatIsSetBack(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("@hourly")
	w.clock.pass(time.Hour)
	wantFiring(w, w.tick(), 1, lockstep.FiringDeployed, "2026-03-01 10:00", "")
	w.work()
	w.clock.pass(-time.Minute)
	must(w, got(w.control.PauseSchedule(t.Context(), bo, "", "nightly")))
	if s := must(w, got(w.control.ResumeSchedule(t.Context(), bo, "", "nightly"))); s.NextAt == nil || s.NextAt.Format("15:04") != "11:00" {
		t.Errorf("resumed %+v", s)
	}
	w.clock.pass(2 * time.Minute)
	if s := w.tick(); len(s.History) != 1 {
		t.Errorf("fired again: %+v", s.History)
	}
}

func TestPauseResumeDelete(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("@hourly")
	if s := must(w, got(w.control.PauseSchedule(t.Context(), bo, "", "nightly"))); !s.Paused || s.NextAt != nil {
		t.Errorf("paused %+v", s)
	}
	w.clock.pass(3 * time.Hour)
	if s := w.tick(); len(s.History) != 0 || len(s.Upcoming) != 0 {
		t.Errorf("paused, and fired: %+v", s)
	}
	s := must(w, got(w.control.ResumeSchedule(t.Context(), bo, "", "nightly")))
	if s.Paused || s.NextAt == nil || s.NextAt.Format("15:04") != "13:00" {
		t.Errorf("resumed %+v", s)
	}
	if s := w.tick(); len(s.History) != 0 {
		t.Errorf("what would have been meanwhile was made up for: %+v", s)
	}
	all := must(w, got(w.control.Schedules(t.Context(), "", "staging", time.Time{})))
	if len(all) != 1 || all[0].Name != "nightly" {
		t.Errorf("schedules %+v", all)
	}
	must(w, got(w.control.DeleteSchedule(t.Context(), bo, "", s.ID)))
	refused(w, got(w.control.Schedule(t.Context(), "", "nightly")), lockstep.CodeNotFound, "nightly")
	w.clock.pass(3 * time.Hour)
	if next, err := w.control.Tick(t.Context()); err != nil || !next.IsZero() {
		t.Errorf("deleted, and due at %v, %v", next, err)
	}
	w.wantIdle()
}

func TestTheTimesOfSchedulesUpToAMoment(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("30 2 * * *")
	until := func(day int) []time.Time {
		t.Helper()
		return must(w, got(w.control.Schedules(t.Context(), "", "", time.Date(2026, 3, day, 2, 30, 0, 0, time.UTC))))[0].Upcoming
	}
	if times := until(5); len(times) != 3 || times[0].Format(time.RFC3339) != "2026-03-02T02:30:00Z" || times[2].Day() != 4 {
		t.Errorf("times %v, want those of 2, 3 and 4 March: the moment itself is not before it", times)
	}
	w.clock.pass(48 * time.Hour) // 3 March, 09:00
	if times := until(5); len(times) != 1 {
		t.Errorf("times %v, want what lies ahead", times)
	}
	if times := must(w, got(w.control.Schedules(t.Context(), "", "", time.Time{})))[0].Upcoming; times != nil {
		t.Errorf("times %v, and nobody asked for them", times)
	}
	must(w, got(w.control.PauseSchedule(t.Context(), bo, "", "nightly")))
	if times := until(9); len(times) != 0 {
		t.Errorf("paused, and it has times %v", times)
	}
	must(w, got(w.control.ResumeSchedule(t.Context(), bo, "", "nightly")))
	if times := until(9999); len(times) != 200 {
		t.Errorf("%d times, want no more than 200", len(times))
	}
}

func TestWrongSchedules(t *testing.T) {
	t.Parallel()
	w := applied(t)
	invalid := lockstep.CodeInvalid
	refused(w, w.tryRule("0 2 30 2 *"), invalid, "never fires")
	refused(w, w.tryRule("* * *"), invalid, "five fields")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.TimeZone = "Asia/Jakarat" }), invalid, "did you mean Asia/Jakarta?")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.Name = "Nightly!" }), invalid, "schedule name")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.Name = "deployments" }), invalid, "reserved")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.Environment = "stagin" }), lockstep.CodeNotFound, "did you mean staging?")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.Release = "9.0.0" }), lockstep.CodeNotFound, "9.0.0")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.Release, r.Promote = "1.0.0", true }), invalid, "not both")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.Promote = true }), invalid, "no stage of the pipeline comes before staging")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.From = "production" }), invalid, "goes with promote")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.Strategy = "slowly" }), invalid, "no such strategy")
	refused(w, w.tryRule("@daily", func(r *control.ScheduleRequest) { r.IfMissed = "later" }), invalid, "use skip or run")
	w.rule("@daily")
	refused(w, w.tryRule("@hourly"), lockstep.CodeConflict, "exists already")
	refused(w, got(w.control.CreateSchedule(t.Context(), control.By{}, "", control.ScheduleRequest{Name: "other", Environment: "staging", Rule: "@daily"})), lockstep.CodeUnauthenticated)
}

// Automate finds what came due while nobody was there, and looks again when
// somebody changes a schedule.
func TestAutomateGoesByWhatIsStored(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("@hourly")
	w.clock.pass(time.Hour)
	before := w.newest()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	var loop sync.WaitGroup
	loop.Go(func() { w.control.Automate(ctx) })
	defer loop.Wait()
	defer stop()
	before = w.fired(ctx, before)
	if c := w.work(); c.Operation.CreatedBy != "schedule nightly" {
		t.Errorf("worked on %+v", c.Operation)
	}
	w.clock.pass(time.Hour)
	w.rule("@daily", func(r *control.ScheduleRequest) { r.Name = "another" })
	w.fired(ctx, before)
}

// fired waits for a firing after an event, and returns its number.
func (w *world) fired(ctx context.Context, after int64) int64 {
	w.Helper()
	for {
		events, err := w.control.Events(ctx, after, lockstep.EventFilter{}, 1)
		if err != nil {
			w.Fatal(err)
		}
		after = events[0].Seq
		if events[0].Type == lockstep.EventScheduleFired {
			return after
		}
	}
}
