package api_test

import (
	"context"
	"net/url"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// counts lets every minute of a stretch of time have so many requests of each
// of these revisions.
func (w *world) counts(environment string, from time.Time, minutes int, revisions ...string) {
	w.Helper()
	for n := range minutes {
		at := from.Truncate(time.Minute).Add(time.Duration(n) * time.Minute)
		figures := lockstep.EnvironmentFigures{}
		for i, id := range revisions {
			f := lockstep.Figures{Requests: int64(60 * (i + 1)), Errors: int64(6 * i), BytesOut: 100}
			figures.All = figures.All.Plus(f)
			figures.Parts = append(figures.Parts, lockstep.FiguresPart{Revision: id, Service: "backend", Figures: f})
		}
		frame := lockstep.Frame{Seq: int64(n + 1), From: at, Until: at.Add(time.Minute), Environments: map[string]lockstep.EnvironmentFigures{environment: figures}}
		if err := w.store.AddFrame(w.Context(), host, frame); err != nil {
			w.Fatal(err)
		}
	}
}

// shifts carries a deployment out that gives the new revision these shares.
func (w *world) shifts(before, after string, percents ...int) {
	w.Helper()
	c, err := w.store.Claim(w.Context(), "worker", host, time.Hour)
	if err != nil || c == nil {
		w.Fatalf("claim: %v, %v", c, err)
	}
	record := func(r lockstep.Record) {
		w.Helper()
		if err := w.store.Record(context.WithoutCancel(w.Context()), c.Lease, r); err != nil {
			w.Fatal(err)
		}
	}
	var plan lockstep.Plan
	for _, p := range percents {
		splits := []lockstep.Split{{Revision: after, Weight: p}, {Revision: before, Weight: 100 - p}}
		plan.Steps = append(plan.Steps, lockstep.Step{Name: "shift", Kind: lockstep.StepShiftTraffic, Do: lockstep.StepAction{Splits: splits}})
	}
	record(lockstep.Record{Phase: lockstep.PhaseForward, Plan: &plan})
	for i := range plan.Steps {
		now := time.Now().UTC().Truncate(time.Microsecond)
		s := lockstep.Step{Seq: i + 1, Status: lockstep.StepRunning, Attempts: 1, StartedAt: &now}
		record(lockstep.Record{Step: &s})
		s.Status, s.CompletedAt = lockstep.StepCompleted, &now
		record(lockstep.Record{Step: &s})
	}
	record(lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusCompleted, EnvironmentStatus: lockstep.EnvironmentActive}})
}

func TestADeploymentsSharesAndFiguresAreReadable(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const system = "/api/system"
	w.do("POST", system+"/releases", `{"version":"1.1.0"}`).is(201)
	first := w.deploy("staging", `{"version":"1.0.0"}`)
	w.work()
	second := w.deploy("staging", `{"version":"1.1.0"}`)
	if p := decode[lockstep.DeploymentProgress](w.get(system + "/deployments/" + second.ID + "/progress").is(200)); len(p.Weights) != 0 || p.Status != lockstep.StatusPending {
		t.Errorf("before it begins %+v", p)
	}
	began := time.Now().Add(-3 * time.Minute)
	w.shifts(first.RevisionID, second.RevisionID, 10, 100)
	w.counts(second.EnvironmentID, began, 3, first.RevisionID, second.RevisionID)
	p := decode[lockstep.DeploymentProgress](w.get(system + "/deployments/" + second.ID + "/progress").is(200))
	var got []float64
	for _, at := range p.Weights {
		share := 0.0
		for _, s := range at.Shares {
			if s.Role == lockstep.RevisionNew {
				share = s.Percent
			} else if s.Role != lockstep.RevisionOld || s.Version != "1.0.0" {
				t.Errorf("share %+v", s)
			}
		}
		got = append(got, share)
	}
	if len(got) != 3 || got[0] != 0 || got[1] != 10 || got[2] != 100 || p.Weights[2].Step != 2 || p.Weights[2].At.Before(p.Weights[1].At) {
		t.Errorf("weights %+v", p.Weights)
	}
	if len(p.Revisions) != 2 || p.Revisions[0].Role != lockstep.RevisionNew || p.Revisions[0].Version != "1.1.0" || p.Revisions[1].Total.Requests == 0 {
		t.Fatalf("revisions %+v", p.Revisions)
	}
	if n, o := p.Revisions[0].Total, p.Revisions[1].Total; n.ErrorRate != 0.05 || o.ErrorRate != 0 || n.Requests != 2*o.Requests {
		t.Errorf("new %+v, old %+v", n, o)
	}
	if len(p.Revisions[0].Points) < 6 || len(p.Revisions[0].Points) != len(p.Revisions[1].Points) || p.Step.Std() != time.Minute {
		t.Errorf("%d and %d points of %s", len(p.Revisions[0].Points), len(p.Revisions[1].Points), p.Step)
	}

	metrics := system + "/environments/staging/metrics?by=revision"
	whole := decode[lockstep.EnvironmentMetrics](w.get(metrics + "&range=1h").is(200))
	if len(whole.By) != 2 || whole.By[0].Version == "" || len(whole.By[0].Points) != len(whole.Series) {
		t.Errorf("by revision %+v", whole.By)
	}
	at := func(name string, when time.Time) string {
		return "&" + name + "=" + url.QueryEscape(when.UTC().Format(time.RFC3339))
	}
	part := decode[lockstep.EnvironmentMetrics](w.get(metrics + "&step=1m" + at("from", began.Truncate(time.Minute)) + at("until", began.Truncate(time.Minute).Add(2*time.Minute))).is(200))
	if part.Total.Requests != 2*180 || len(part.Series) != 2 || part.Series[0].BytesOut != 200 || part.Series[0].ErrorRate == 0 {
		t.Errorf("two minutes: %+v, %d steps", part.Total, len(part.Series))
	}
	for query, field := range map[string]string{
		"&range=1h" + at("from", began): "range", at("from", time.Now().Add(time.Hour)): "from", at("from", time.Now().AddDate(0, -2, 0)): "range", at("until", time.Now().AddDate(0, -2, 0)): "from",
	} {
		if got := decode[api.ProblemDetails](w.get(metrics + query).is(422)); got.Field != field {
			t.Errorf("%s: %+v", query, got)
		}
	}
	w.get(system + "/environments/staging/metrics?by=colour").is(422)
	w.get(system + "/deployments/nope/progress").is(404)
}

// What served before is not always what a rollback would return to.
func TestTheFirstShareIsWhatServedBefore(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const system = "/api/system"
	w.do("POST", system+"/releases", `{"version":"1.1.0"}`).is(201)
	w.deploy("staging", `{"version":"1.0.0"}`)
	w.work()
	first := w.deploy("staging", `{"version":"1.1.0"}`)
	w.work()
	begins := func(id string) []lockstep.WeightShare {
		w.Helper()
		p := decode[lockstep.DeploymentProgress](w.get(system + "/deployments/" + id + "/progress").is(200))
		if len(p.Weights) == 0 {
			w.Fatalf("no weights: %+v", p)
		}
		return p.Weights[0].Shares
	}
	if s := begins(first.ID); len(s) != 1 || s[0].Role != lockstep.RevisionOld || s[0].Version != "1.0.0" {
		t.Errorf("another release: %+v", s)
	}
	again := w.deploy("staging", `{"version":"1.1.0"}`)
	w.work()
	if s := begins(again.ID); len(s) != 1 || s[0].Role != lockstep.RevisionNew || s[0].Version != "1.1.0" || s[0].Percent != 100 {
		t.Errorf("the same once more: %+v", s)
	}
	env := decode[lockstep.Environment](w.get(staging).is(200))
	now := time.Now()
	env.StoppedAt = &now
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(env) }); err != nil {
		t.Fatal(err)
	}
	stopped := w.deploy("staging", `{"version":"1.0.0"}`)
	w.work()
	if s := begins(stopped.ID); len(s) != 0 {
		t.Errorf("nothing ran: %+v", s)
	}
}
