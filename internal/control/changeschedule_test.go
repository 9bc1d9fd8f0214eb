package control_test

import (
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func ptr[T any](v T) *T { return &v }

func (w *world) tryChange(ifMatch string, change control.ScheduleChange) result[lockstep.Schedule] {
	w.Helper()
	return got(w.control.ChangeSchedule(w.Context(), bo, "", "nightly", ifMatch, change))
}

func TestAScheduleIsChanged(t *testing.T) {
	t.Parallel()
	w := applied(t)
	made := w.rule("0 2 * * *", func(r *control.ScheduleRequest) { r.Description, r.Grace = "by night", lockstep.Duration(time.Minute) })
	if made.Version != 1 {
		t.Errorf("made at version %d", made.Version)
	}
	newest := w.newest()
	s := must(w, w.tryChange("1", control.ScheduleChange{Rule: ptr("  30 4  * * *"), TimeZone: ptr("Europe/Berlin"), IfMissed: ptr(lockstep.MissedRun)}))
	if s.ID != made.ID || s.Version != 2 || s.Rule != "30 4 * * *" || s.NextAt == nil || s.NextAt.Format(time.RFC3339) != "2026-03-02T03:30:00Z" || len(s.Upcoming) != 5 ||
		s.Description != "by night" || s.Grace.Std() != time.Minute || s.IfMissed != lockstep.MissedRun || s.Release != "latest" || s.CreatedBy != "ana" {
		t.Errorf("changed %+v", s)
	}
	if e := w.happened(newest); len(e) != 1 || e[0].Type != lockstep.EventScheduleChanged {
		t.Errorf("events %+v", e)
	}
	if read := must(w, got(w.control.Schedule(t.Context(), "", "nightly"))); read.Rule != s.Rule || read.Version != 2 || !read.NextAt.Equal(*s.NextAt) {
		t.Errorf("stored %+v", read)
	}
	// It fires by its new rule only.
	w.clock.pass(17*time.Hour + time.Minute)
	if s := w.tick(); len(s.History) != 0 {
		t.Errorf("fired at its old time: %+v", s.History)
	}
	w.clock.pass(90 * time.Minute)
	wantFiring(w, w.tick(), 1, lockstep.FiringDeployed, "2026-03-02 03:30", "")
	// What it does by itself is no change of somebody's.
	must(w, w.tryChange("2", control.ScheduleChange{Release: ptr("1.0.0")}))
	refused(w, w.tryChange("2", control.ScheduleChange{Release: ptr("latest")}), lockstep.CodeStale, "version 3", "somebody changed it")
	refused(w, w.tryChange("", control.ScheduleChange{Release: ptr("latest")}), lockstep.CodePreconditionRequired, `"3"`)
	must(w, w.tryChange("*", control.ScheduleChange{Release: ptr("")}))
	if s := must(w, got(w.control.Schedule(t.Context(), "", "nightly"))); s.Release != "latest" || s.Version != 4 {
		t.Errorf("released %+v", s)
	}
}

func TestWhatAScheduleBringsIsChanged(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("@daily", func(r *control.ScheduleRequest) { r.Environment = "production" })
	s := must(w, w.tryChange("*", control.ScheduleChange{Promote: ptr(true), From: ptr("staging")}))
	if !s.Promote || s.From != "staging" || s.Release != "" {
		t.Errorf("promotes %+v", s)
	}
	if s = must(w, w.tryChange("*", control.ScheduleChange{Description: ptr("weekly")})); !s.Promote || s.From != "staging" {
		t.Errorf("promotes %+v", s)
	}
	if s = must(w, w.tryChange("*", control.ScheduleChange{Release: ptr("1.0.0")})); s.Promote || s.From != "" || s.Release != "1.0.0" {
		t.Errorf("deploys %+v", s)
	}
	must(w, w.tryChange("*", control.ScheduleChange{Promote: ptr(true)}))
	if s = must(w, w.tryChange("*", control.ScheduleChange{Promote: ptr(false)})); s.Promote || s.Release != "latest" {
		t.Errorf("deploys %+v", s)
	}
	invalid := lockstep.CodeInvalid
	refused(w, w.tryChange("*", control.ScheduleChange{}), invalid, "nothing is to change")
	refused(w, w.tryChange("*", control.ScheduleChange{Rule: ptr("0 2 30 2 *")}), invalid, "never fires")
	refused(w, w.tryChange("*", control.ScheduleChange{TimeZone: ptr("Asia/Jakarat")}), invalid, "did you mean Asia/Jakarta?")
	refused(w, w.tryChange("*", control.ScheduleChange{Promote: ptr(true), Release: ptr("1.0.0")}), invalid, "not both")
	refused(w, w.tryChange("*", control.ScheduleChange{From: ptr("staging")}), invalid, "goes with promote")
	refused(w, w.tryChange("*", control.ScheduleChange{Release: ptr("9.0.0")}), lockstep.CodeNotFound, "9.0.0")
	refused(w, got(w.control.ChangeSchedule(t.Context(), bo, "", "nightl", "*", control.ScheduleChange{Rule: ptr("@hourly")})), lockstep.CodeNotFound, "nightly")
	refused(w, got(w.control.ChangeSchedule(t.Context(), control.By{}, "", "nightly", "*", control.ScheduleChange{Rule: ptr("@hourly")})), lockstep.CodeUnauthenticated)
	if now := must(w, got(w.control.Schedule(t.Context(), "", "nightly"))); now.Version != s.Version || now.Rule != "@daily" {
		t.Errorf("refused, and changed: %+v", now)
	}
}

func TestAPausedScheduleIsChangedAndStaysPaused(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.rule("@daily")
	must(w, got(w.control.PauseSchedule(t.Context(), bo, "", "nightly")))
	refused(w, w.tryChange("1", control.ScheduleChange{Rule: ptr("@hourly")}), lockstep.CodeStale)
	if s := must(w, w.tryChange("2", control.ScheduleChange{Rule: ptr("@hourly")})); !s.Paused || s.NextAt != nil || s.Upcoming != nil {
		t.Errorf("changed %+v", s)
	}
	w.clock.pass(3 * time.Hour)
	if s := w.tick(); len(s.History) != 0 {
		t.Errorf("paused, and fired: %+v", s.History)
	}
	if s := must(w, got(w.control.ResumeSchedule(t.Context(), bo, "", "nightly"))); s.NextAt == nil || s.NextAt.Format("15:04") != "13:00" {
		t.Errorf("resumed %+v", s)
	}
}

// A time that has come is not lost to a change that comes before anybody saw
// to it: it is done as the schedule was. A dry run does nothing.
func TestAChangeDoesNotLoseATimeThatHasCome(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.release("1.1.0")
	w.rule("0 10 * * *", func(r *control.ScheduleRequest) { r.Release = "1.0.0" })
	w.clock.pass(time.Hour + time.Second)
	change := control.ScheduleChange{Rule: ptr("0 12 * * *"), Release: ptr("1.1.0")}
	tried := must(w, got(w.control.ChangeSchedule(t.Context(), control.By{Actor: "bo", DryRun: true}, "", "nightly", "1", change)))
	if tried.NextAt.Format("15:04") != "12:00" {
		t.Errorf("would be %+v", tried)
	}
	w.wantIdle()
	must(w, w.tryChange("1", change))
	s := must(w, got(w.control.Schedule(t.Context(), "", "nightly")))
	f := wantFiring(w, s, 1, lockstep.FiringDeployed, "2026-03-01 10:00", "")
	if c := w.work(); c.Operation.ID != f.DeploymentID || c.Deployment.Version != "1.0.0" {
		t.Errorf("deployed %+v", c.Deployment)
	}
	if s.NextAt.Format("15:04") != "12:00" {
		t.Errorf("next at %v", s.NextAt)
	}
	w.clock.pass(2 * time.Hour)
	wantFiring(w, w.tick(), 2, lockstep.FiringDeployed, "2026-03-01 12:00", "")
	if c := w.work(); c.Deployment.Version != "1.1.0" {
		t.Errorf("deployed %+v", c.Deployment)
	}
}

// Whoever comes first, the time that has come makes one deployment, and one
// of two changes of the same version holds.
func TestAChangeAndAFiringAtOnce(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		w.rule("0 2 * * *")
		w.clock.pass(17*time.Hour + time.Minute)
		var at sync.WaitGroup
		var mu sync.Mutex
		codes := map[lockstep.Code]int{}
		for range 2 {
			at.Go(func() {
				if _, err := w.control.Tick(w.Context()); err != nil {
					w.Error(err)
				}
			})
			at.Go(func() {
				err := w.tryChange("1", control.ScheduleChange{Rule: ptr("0 3 * * *")}).err
				mu.Lock()
				defer mu.Unlock()
				codes[lockstep.CodeOf(err)]++
			})
		}
		at.Wait()
		if codes[lockstep.CodeStale] != 1 || codes[lockstep.CodeOf(nil)] != 1 {
			w.Errorf("two changes of one version: %v", codes)
		}
		s := w.tick()
		wantFiring(w, s, 1, lockstep.FiringDeployed, "2026-03-02 02:00", "")
		if s.NextAt == nil || s.NextAt.Format("15:04") != "03:00" {
			w.Errorf("next at %v", s.NextAt)
		}
		all := must(w, got(w.control.Deployments(w.Context(), "", "staging", "", lockstep.Page{})))
		if len(all.Items) != 1 {
			w.Errorf("deployments %+v", all.Items)
		}
	})
}
