package api_test

import (
	"net/http"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// schedules is what a day has of what waits for its time.
func (w *world) schedules() {
	w.Helper()
	const system = "/api/system"
	soon := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	d := w.deploy("staging", `{"version":"1.0.0","scheduledFor":"`+soon+`","grace":60000}`)
	if d.ScheduledFor == nil || d.ScheduledFor.Format(time.RFC3339) != soon || d.NotAfter.Sub(*d.ScheduledFor) != time.Minute {
		w.Errorf("scheduled %+v", d)
	}
	w.do(http.MethodPost, system+"/environments/staging/deploy", `{"version":"1.0.0","scheduledFor":"2001-01-01T00:00:00Z"}`).problem(422, lockstep.CodeInvalid, "is past")
	list := decode[control.List[control.ScheduledDeployment]](w.get(system + "/schedules/deployments?environment=staging").is(200))
	if len(list.Items) != 1 || list.Items[0].ID != d.ID || list.Items[0].RollbackPlan != "automatic" {
		w.Errorf("scheduled %+v", list)
	}
	later := time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)
	moved := decode[lockstep.Deployment](w.do(http.MethodPut, system+"/deployments/"+d.ID+"/schedule", `{"scheduledFor":"`+later+`","ifMissed":"run"}`).is(200))
	if moved.ScheduledFor.Format(time.RFC3339) != later || moved.NotAfter != nil {
		w.Errorf("moved %+v", moved)
	}
	w.do(http.MethodPost, system+"/deployments/"+d.ID+"/cancel", "").is(200)

	const nightly = `{"name":"nightly","environment":"staging","rule":"0 2 * * 1-5","timeZone":"Europe/Berlin","ifMissed":"run"}`
	if s := decode[lockstep.Schedule](w.do(http.MethodPost, system+"/schedules?dryRun=true", nightly).is(200)); len(s.Upcoming) != 5 {
		w.Errorf("what would be made %+v", s)
	}
	s := decode[lockstep.Schedule](w.do(http.MethodPost, system+"/schedules", nightly).is(201))
	if s.Name != "nightly" || s.Release != "latest" || s.NextAt == nil || s.Environment != "staging" {
		w.Errorf("schedule %+v", s)
	}
	w.do(http.MethodPost, system+"/schedules", nightly).problem(409, lockstep.CodeConflict, "exists already")
	w.do(http.MethodPost, system+"/schedules", `{"name":"never","environment":"staging","rule":"0 0 30 2 *"}`).problem(422, lockstep.CodeInvalid, "never fires")
	rules := decode[control.List[lockstep.Schedule]](w.get(system + "/schedules").is(200))
	if len(rules.Items) != 1 || rules.Items[0].ID != s.ID {
		w.Errorf("schedules %+v", rules)
	}
	if got := decode[lockstep.Schedule](w.do(http.MethodPost, system+"/schedules/nightly/pause", "").is(200)); !got.Paused {
		w.Errorf("paused %+v", got)
	}
	if got := decode[lockstep.Schedule](w.do(http.MethodPost, system+"/schedules/nightly/resume", "").is(200)); got.Paused {
		w.Errorf("resumed %+v", got)
	}
	if got := decode[lockstep.Schedule](w.get(system + "/schedules/" + s.ID).is(200)); len(got.Upcoming) != 5 {
		w.Errorf("schedule %+v", got)
	}
	w.changedSchedule()
	w.do(http.MethodDelete, system+"/schedules/nightly", "").is(200)
	w.get(system+"/schedules/nightly").problem(404, lockstep.CodeNotFound)
}

// changedSchedule changes what has the version that was read, and no other.
func (w *world) changedSchedule() {
	const nightly = "/api/system/schedules/nightly"
	tag := w.get(nightly).is(200).header.Get("ETag")
	patch := func(body string, h head) reply { return w.do(http.MethodPatch, nightly, body, h) }
	patch(`{"rule":"@daily"}`, nil).problem(428, lockstep.CodePreconditionRequired, tag[1:len(tag)-1])
	patch(`{"rule":"0 0 30 2 *"}`, head{"If-Match": tag}).problem(422, lockstep.CodeInvalid, "never fires")
	patch(`{}`, head{"If-Match": tag}).problem(422, lockstep.CodeInvalid, "nothing is to change")
	patch(`{"name":"daily"}`, head{"If-Match": tag}).problem(422, lockstep.CodeInvalid)
	done := patch(`{"rule":"0 4 * * *","timeZone":"","grace":60000}`, head{"If-Match": tag}).is(200)
	if s := decode[lockstep.Schedule](done); s.Rule != "0 4 * * *" || s.TimeZone != "" || s.Grace.Std() != time.Minute || s.IfMissed != lockstep.MissedRun || len(s.Upcoming) != 5 {
		w.Errorf("changed %+v", s)
	}
	patch(`{"rule":"0 5 * * *"}`, head{"If-Match": tag}).problem(412, lockstep.CodeStale, "lockstep schedule show nightly")
	if now := w.get(nightly).is(200).header.Get("ETag"); now == tag || now != done.header.Get("ETag") {
		w.Errorf("changed from %s to %s, and then it is %s", tag, done.header.Get("ETag"), now)
	}
	patch(`{"description":"by night"}`, head{"If-Match": "*"}).is(200)
}
