package control_test

import (
	"maps"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestTheStatusCountsWhatSecurityFinds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.setUp()
	counted := func() (lockstep.MonitoringStatus, lockstep.SecurityReport) {
		t.Helper()
		status := must(w, got(w.control.Status(t.Context(), "", "production")))
		report := must(w, got(w.control.Security(t.Context(), "", "production")))
		if !maps.Equal(status.Monitoring.SecurityFindings, report.Counts) {
			t.Errorf("the status counts %v, security finds %v", status.Monitoring.SecurityFindings, report.Counts)
		}
		return *status.Monitoring, report
	}
	before, _ := counted()
	if before.Security != lockstep.MonitorActive || len(before.SecurityFindings) != len(lockstep.Severities()) {
		t.Errorf("%+v", before)
	}
	secret := "hunter2"
	w.set("production", lockstep.VariableChange{Key: "DB_PASSWORD", Value: &secret}) // in the open
	after, report := counted()
	if len(report.Findings) == 0 || maps.Equal(after.SecurityFindings, before.SecurityFindings) {
		t.Errorf("after another weak spot: %v, before: %v", after.SecurityFindings, before.SecurityFindings)
	}
}

func TestChecksThatCannotBeMadeAreNoGoodNews(t *testing.T) {
	t.Parallel()
	m := lockstep.MonitoringStatus{}
	m.SecurityIs(lockstep.SecurityReport{Checks: []lockstep.SecurityCheck{{Name: "debug"}, {Name: "certificates", Unknown: "the agent does not answer"}}})
	if m.Security != lockstep.MonitorInterrupted {
		t.Errorf("%+v", m)
	}
}
