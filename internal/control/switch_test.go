package control_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// twoSides is a project in which production is current, and staging serves
// beside it, ready in all that was deployed.
func (w *world) twoSides() {
	w.Helper()
	w.setUp()
	w.deployed("production", "1.0.0")
	w.deployed("staging", "1.0.0")
	w.seesReady("staging", "production")
}

// seesReady lets the observer see one ready instance of each service.
func (w *world) seesReady(names ...string) {
	w.Helper()
	var seen control.Observation
	for _, name := range names {
		revision, err := w.store.Revision(w.Context(), w.environment(name).ActiveID)
		if err != nil {
			w.Fatal(err)
		}
		groups, err := revision.Content.Groups()
		if err != nil {
			w.Fatal(err)
		}
		for _, g := range groups {
			seen.Instances = append(seen.Instances, lockstep.Instance{ID: lockstep.InstanceID(g.ID, 0), Group: g.ID, Service: g.Service, State: lockstep.InstanceReady})
		}
	}
	w.sees.set(seen, nil)
}

func (w *world) trySwitch(to string, change ...func(*lockstep.EnvironmentSwitchOptions)) result[lockstep.Operation] {
	w.Helper()
	req := lockstep.EnvironmentSwitchOptions{TargetEnvironmentID: to}
	for _, c := range change {
		c(&req)
	}
	return got(w.control.Switch(w.Context(), ana, "", req))
}

func (w *world) live() lockstep.Live {
	w.Helper()
	return must(w, got(w.control.Live(w.Context(), ana, "")))
}

func atEpoch(n int64) func(*lockstep.EnvironmentSwitchOptions) {
	return func(o *lockstep.EnvironmentSwitchOptions) { o.Epoch = &n }
}

// switched carries a switch out, as its worker would.
func (w *world) switched(to string) {
	w.Helper()
	o := must(w, w.trySwitch(to))
	if c := w.work(); c.Operation.ID != o.ID {
		w.Fatalf("worked on %+v", c.Operation)
	}
}

func TestSwitch(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.twoSides()
		production, staging := w.environment("production"), w.environment("staging")
		refused(w, w.trySwitch("production"), lockstep.CodeConflict, "production is current since", "by ana (epoch 1 now)")
		refused(w, w.trySwitch("stagin"), lockstep.CodeNotFound, "did you mean staging?")
		refused(w, w.trySwitch(""), lockstep.CodeInvalid, "name the environment")
		refused(w, w.trySwitch("staging", atEpoch(7)), lockstep.CodeConflict, "at epoch 7", "production is current since", "by ana (epoch 1 now)")
		refused(w, w.trySwitch("staging", func(o *lockstep.EnvironmentSwitchOptions) { o.IfCurrent = "staging" }), lockstep.CodeConflict, "staging is not current: production is")

		o := must(w, w.trySwitch("staging", atEpoch(1), func(o *lockstep.EnvironmentSwitchOptions) { o.IfCurrent, o.Reason = production.ID, "it burns" }))
		want := lockstep.Switch{
			FromID: production.ID, From: "production", ToID: staging.ID, To: "staging", Epoch: 1, Reason: "it burns",
			RevisionID: staging.ActiveID, RevisionHash: o.Switch.RevisionHash, Version: "1.0.0",
		}
		if o.Kind != lockstep.OperationSwitch || o.EnvironmentID != staging.ID || !reflect.DeepEqual(*o.Switch, want) || len(o.Locks) != 3 {
			w.Errorf("operation %+v of %+v", o, o.Switch)
		}
		refused(w, w.trySwitch("staging"), lockstep.CodeConflict, "a switch to staging, asked for by ana at", "is under way", o.ID)
		if l := w.live(); l.Switching == nil || l.Switching.ID != o.ID || l.Others[0].Ready {
			w.Errorf("while it waits: %+v", l)
		}
		w.work()
		if l := w.live(); l.Environment.Name != "staging" || l.Epoch != 2 || l.By != "ana" || l.Since == nil || l.Others[0].Environment != "production" || !l.Others[0].Ready {
			w.Errorf("afterwards %+v", l)
		}
		r := must(w, got(w.control.SwitchResult(w.Context(), o.ID)))
		if r.Status != lockstep.SwitchCompleted || r.From != "production" || r.Reason != "it burns" || r.CompletedAt == nil || r.StartedBy != "ana" {
			w.Errorf("result %+v", r)
		}
		w.switched("production")
		if all := must(w, got(w.control.Switches(w.Context(), "", lockstep.Page{Limit: 1}))); len(all.Items) != 1 || all.Items[0].To != "production" || all.NextCursor == "" {
			w.Errorf("switches %+v", all)
		} else if next := must(w, got(w.control.Switches(w.Context(), "", lockstep.Page{Cursor: all.NextCursor}))); len(next.Items) != 1 || next.Items[0].ID != o.ID {
			w.Errorf("and then %+v", next)
		}
	})
}

// What a switch would be refused for is what live says of the environment.
func TestWhatCannotTakeOver(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(w *world)
		code lockstep.Code
		says string
	}{
		"stopped":        {func(w *world) { must(w, w.tryStop("staging")); w.work() }, lockstep.CodeConflict, "staging is stopped: start it first"},
		"being stopped":  {func(w *world) { must(w, w.tryStop("staging")) }, lockstep.CodeConflict, "staging is being stopped"},
		"deploying":      {func(w *world) { w.deploy("staging", "1.0.0"); w.begin() }, lockstep.CodeConflict, "a deployment to staging runs or waits"},
		"in maintenance": {func(w *world) { w.setStatus("staging", lockstep.EnvironmentMaintenance) }, lockstep.CodeRefused, "staging is in maintenance"},
		"failed":         {func(w *world) { w.setStatus("staging", lockstep.EnvironmentFailed) }, lockstep.CodeConflict, "staging is failed: it has to be active"},
		"archived": {func(w *world) {
			must(w, w.tryStop("staging"))
			w.work()
			must(w, got(w.control.Archive(w.Context(), ana, "", "staging")))
		}, lockstep.CodeRefused, "staging is archived"},
		"being destroyed": {func(w *world) { must(w, got(w.control.Destroy(w.Context(), ana, "", "staging"))) }, lockstep.CodeConflict, "staging is being destroyed by operation"},
		"not ready":       {func(w *world) { w.seesReady("production") }, lockstep.CodeConflict, "staging is not ready: backend has 0 of 1 instances ready; frontend has 0 of 1"},
		"unseen":          {func(w *world) { w.sees.set(control.Observation{}, errors.New("gone")) }, lockstep.CodeConflict, "whether staging is ready cannot be seen: its agent cannot be reached"},
		"other host": {func(w *world) {
			env := w.environment("staging")
			env.HostID = "host-2"
			if err := w.store.Update(w.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(env) }); err != nil {
				w.Fatal(err)
			}
		}, lockstep.CodeRefused, "staging runs on another host (host-2) than production (host-1)"},
		"rolled back where users are": {func(w *world) {
			w.release("1.1.0")
			d := w.deployed("production", "1.1.0")
			w.deployed("staging", "1.1.0")
			w.seesReady("staging", "production")
			must(w, w.rollback(d.ID, control.RollbackRequest{}))
			w.work()
		}, lockstep.CodeRefused, "say why (--reason)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.twoSides()
			c.do(w)
			before := w.newest()
			refused(w, w.trySwitch("staging"), c.code, c.says)
			if l := w.live(); len(l.Others) != 1 || l.Others[0].Ready || !strings.Contains(strings.Join(l.Others[0].Reasons, "; "), c.says) {
				t.Errorf("live says %+v", l.Others)
			}
			if s := must(w, got(w.control.Status(t.Context(), "", "staging"))); s.Takeover == nil || s.Takeover.Ready || !strings.Contains(strings.Join(s.Takeover.Reasons, "; "), c.says) {
				t.Errorf("the status says %+v", s.Takeover)
			}
			if w.newest() != before {
				t.Error("a refused switch left something")
			}
		})
	}
}

// Readiness is judged by what was deployed, not by what is recorded only.
func TestWhatIsOnlyRecordedKeepsNobodyFromTakingOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.twoSides()
	w.apply(strings.Replace(matrixText, "routes: [/api]", "routes: [/api]\n    replicas: {staging: 3}", 1))
	if env := w.environment("staging"); env.Spec.ReplicasOf("backend") != 3 {
		t.Fatalf("it wants %+v", env.Spec.Replicas)
	}
	w.switched("staging")
}

func TestASwitchIsAskedAboutAgainWhenItsTurnComes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.twoSides()
	must(w, w.trySwitch("staging"))
	p := must(w, got(w.control.Projects(t.Context())))[0]
	p.CurrentEpoch, p.CurrentBy = p.CurrentEpoch+1, "bo"
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutProject(p) }); err != nil {
		t.Fatal(err)
	}
	err := w.control.Gate(t.Context(), *w.claim())
	refused(w, got(0, err), lockstep.CodeConflict, "asked for from epoch 1", "by bo (epoch 2 now)")
}

// What is queued behind a switch is not in its way.
func TestADeploymentBehindASwitchDoesNotEndIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.twoSides()
	must(w, w.trySwitch("staging"))
	w.deploy("staging", "1.0.0")
	c := w.claim()
	if c.Operation.Kind != lockstep.OperationSwitch {
		t.Fatalf("claimed %s", c.Operation.Kind)
	}
	if err := w.control.Gate(t.Context(), *c); err != nil {
		t.Error(err)
	}
}

func TestOfManySwitchesAtOnceOneIsMade(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.twoSides()
		for _, to := range []string{"staging", "production"} {
			won, epoch := 0, w.live().Epoch
			for _, r := range atOnce(8, func(int) result[lockstep.Operation] { return w.trySwitch(to, atEpoch(epoch)) }) {
				if r.err == nil {
					won++
				} else {
					refused(w, r, lockstep.CodeConflict, "is under way", "asked for by ana at")
				}
			}
			if won != 1 {
				w.Errorf("%d switches, want 1", won)
			}
			w.work()
			refused(w, w.trySwitch(to, atEpoch(epoch)), lockstep.CodeConflict, to+" is current since", "by ana")
		}
	})
}

// What is wrong with the environment before is why one switches.
func TestASwitchAwayFromWhatFailed(t *testing.T) {
	t.Parallel()
	for _, status := range []lockstep.EnvironmentStatus{lockstep.EnvironmentFailed, lockstep.EnvironmentMaintenance} {
		w := newWorld(t)
		w.twoSides()
		w.setStatus("production", status)
		w.switched("staging")
	}
}

func TestASwitchAsADryRunLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.twoSides()
	before := w.newest()
	o := must(w, got(w.control.Switch(t.Context(), control.By{Actor: "ana", DryRun: true}, "", lockstep.EnvironmentSwitchOptions{TargetEnvironmentID: "staging"})))
	if names := stepNames(o.Steps); names != "validate-environment-switch verify-target-environment move-traffic verify-live-address release-previous-environment set-current-environment" {
		t.Errorf("it would %s", names)
	}
	if w.newest() != before {
		t.Error("a dry run left something")
	}
}
