package control_test

import (
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func (w *world) tryPromote(environment string, req lockstep.PromotionRequest) result[lockstep.Deployment] {
	w.Helper()
	return got(w.control.Promote(w.Context(), ana, "", environment, req))
}

// healthy makes all instances of what runs in an environment ready, apart
// from those of the services that are named.
func (w *world) healthy(environment string, without ...string) {
	w.Helper()
	revision, err := w.store.Revision(w.Context(), w.environment(environment).ActiveID)
	if err != nil {
		w.Fatal(err)
	}
	groups, err := revision.Content.Groups()
	if err != nil {
		w.Fatal(err)
	}
	var seen control.Observation
	for _, g := range groups {
		state := lockstep.InstanceReady
		if strings.Contains(strings.Join(without, " "), g.Service) {
			state = lockstep.InstanceUnready
		}
		seen.Instances = append(seen.Instances, lockstep.Instance{ID: lockstep.InstanceID(g.ID, 0), Service: g.Service, Group: g.ID, State: state})
	}
	w.sees.set(seen, nil)
}

func TestPromotionMovesTheReleaseAndLeavesTheConfiguration(t *testing.T) {
	t.Parallel()
	w := applied(t)
	source := w.deployed("staging", "1.0.0")
	w.healthy("staging")
	newest := w.newest()
	d := must(w, w.tryPromote("production", lockstep.PromotionRequest{Description: "go"}))
	if d.Version != "1.0.0" || d.Environment != "production" || d.Status != lockstep.StatusPendingApproval || d.Strategy != lockstep.StrategyBlueGreen ||
		d.PromotedFrom == nil || *d.PromotedFrom != (lockstep.Promotion{Environment: "staging", DeploymentID: source.ID}) || d.Description != "go" {
		t.Errorf("promotion %+v", d)
	}
	if e := w.happened(newest); len(e) != 1 || e[0].Data["promotedFrom"] != "staging" || e[0].EnvironmentID != d.EnvironmentID {
		t.Errorf("events %+v", e)
	}
	must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
	w.work()
	revision, err := w.store.Revision(t.Context(), w.environment("production").ActiveID)
	if err != nil {
		t.Fatal(err)
	}
	if level := revision.Content.Services[0].Env["LOG_LEVEL"]; level != "info" || revision.Content.Release != "1.0.0" {
		t.Errorf("production runs %s with LOG_LEVEL %s: staging's configuration came along", revision.Content.Release, level)
	}
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{From: "staging"}), lockstep.CodeConflict, "production runs 1.0.0 already")
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{Force: true, Reason: "again"}), lockstep.CodeConflict, "production runs 1.0.0 already")
}

func TestWhatIsNotProvedIsNotPromoted(t *testing.T) {
	t.Parallel()
	promote := lockstep.PromotionRequest{}
	forced := lockstep.PromotionRequest{Force: true, Reason: "the shop is down"}
	for name, c := range map[string]struct {
		prepare func(w *world)
		says    string
	}{
		"without an answer from its host": {func(*world) {}, "whether staging is healthy is unknown"},
		"unhealthy":                       {func(w *world) { w.healthy("staging", "frontend") }, "staging is degraded: 1 of 2 instances ready"},
		"without validation": {func(w *world) {
			off := false
			must(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0", ValidationRequired: &off}))
			w.work()
			w.healthy("staging")
		}, "without validation"},
		"in an environment that failed": {func(w *world) {
			w.healthy("staging")
			w.deploy("staging", "1.0.0")
			w.end(w.begin(), lockstep.StatusFailed)
		}, "staging is failed, not active"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := applied(t)
			w.deployed("staging", "1.0.0")
			w.sees.set(control.Observation{}, lockstep.Errorf(lockstep.CodeUnavailable, "its agent is away"))
			c.prepare(w)
			refused(w, w.tryPromote("production", promote), lockstep.CodeRefused, "promotion of 1.0.0 from staging to production is refused", c.says)
			p := must(w, got(w.control.PreviewPromote(t.Context(), ana, "", "production", promote)))
			if p.Gate.Allowed || !strings.Contains(p.Gate.String(), c.says) {
				t.Errorf("preview: %s", p.Gate)
			}
			newest := w.newest()
			d := must(w, w.tryPromote("production", forced))
			if d.Reason != forced.Reason || w.deployment(d.ID).Reason != forced.Reason {
				t.Errorf("the reason is not kept: %+v", d)
			}
			e := w.happened(newest)[0]
			if gate, _ := e.Data["gate"].(string); e.Data["reason"] != forced.Reason || !strings.Contains(gate, c.says) || !strings.Contains(gate, "forced: the shop is down") {
				t.Errorf("event %+v", e)
			}
			must(w, got(w.control.Approve(t.Context(), bo, d.ID, control.ApprovalRequest{})))
			w.work() // past the gate at the claim
		})
	}
}

func TestPromotionFollowsThePipeline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.apply(strings.NewReplacer("pipeline: [staging, production]", "pipeline: [development, staging, production]",
		"environments:\n", "environments:\n  development: {}\n  review: {}\n").Replace(matrixText))
	w.release("1.0.0")
	w.deployed("development", "1.0.0")
	w.healthy("development")
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{From: "development"}), lockstep.CodeRefused, "leads to production from staging, not from development")
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{}), lockstep.CodeRefused, "nothing runs in staging")
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{Force: true, Reason: "x"}), lockstep.CodeRefused, "nothing runs in staging")
	refused(w, w.tryPromote("development", lockstep.PromotionRequest{}), lockstep.CodeInvalid, "no stage of the pipeline comes before development")
	refused(w, w.tryPromote("review", lockstep.PromotionRequest{}), lockstep.CodeInvalid, "name the environment to promote from")
	refused(w, w.tryPromote("staging", lockstep.PromotionRequest{From: "staging"}), lockstep.CodeInvalid, "to itself")
	refused(w, w.tryPromote("staging", lockstep.PromotionRequest{From: "developmnt"}), lockstep.CodeNotFound, "development")
	refused(w, w.tryPromote("staging", lockstep.PromotionRequest{Force: true, Reason: " "}), lockstep.CodeInvalid, "needs a reason")
	refused(w, w.tryPromote("staging", lockstep.PromotionRequest{Reason: "because"}), lockstep.CodeInvalid, "--force")
	refused(w, w.tryPromote("staging", lockstep.PromotionRequest{Strategy: lockstep.StrategyCanary}), lockstep.CodeRefused, "canary is not allowed")
	must(w, w.tryPromote("review", lockstep.PromotionRequest{From: "development"})) // no stage: nothing is skipped
	must(w, w.tryPromote("production", lockstep.PromotionRequest{From: "development", Force: true, Reason: "hotfix"}))
	must(w, w.tryPromote("staging", lockstep.PromotionRequest{}))
}

func TestOfAPreviewOfAPromotionNothingStays(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.healthy("staging")
	newest := w.newest()
	p := must(w, got(w.control.PreviewPromote(t.Context(), ana, "", "production", lockstep.PromotionRequest{})))
	if !p.Gate.Allowed || !p.Gate.RequiresApproval || len(p.Plan.Steps) == 0 || p.Deployment.PromotedFrom.Environment != "staging" {
		t.Errorf("preview %+v", p)
	}
	if w.newest() != newest {
		t.Error("a preview left a trace")
	}
}

// What was seen of one environment says nothing of another, nor of what came
// to run meanwhile.
func TestWhatChangedWhileItWasLookedAtIsNotProved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := strings.Replace(matrixText, "environments:\n", "environments:\n  rehearsal: {}\n", 1)
	w.apply(text)
	w.release("1.0.0")
	w.release("1.1.0")
	w.deployed("staging", "1.0.0")
	w.deployed("rehearsal", "1.0.0")
	w.healthy("staging")
	w.sees.during = func() {
		w.apply(strings.Replace(text, "pipeline: [staging, production]", "pipeline: [rehearsal, production]", 1))
	}
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{}), lockstep.CodeRefused, "from rehearsal to production", "rehearsal is healthy is unknown", "ask again")
	w.sees.during = func() { w.deployed("staging", "1.1.0") }
	refused(w, w.tryPromote("production", lockstep.PromotionRequest{From: "staging"}), lockstep.CodeRefused, "promotion of 1.1.0", "staging is down: 0 of 2")
}

// A repeated request is answered from its key, whatever has become of the
// environment that the release came from.
func TestAPromotionIsAnsweredFromItsKey(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.deployed("staging", "1.0.0")
	w.healthy("staging")
	by := control.By{Actor: "ana", Key: "k"}
	ask := func() result[lockstep.Deployment] {
		return got(w.control.Promote(t.Context(), by, "", "production", lockstep.PromotionRequest{From: "staging"}))
	}
	first := must(w, ask())
	must(w, got(w.control.Destroy(t.Context(), ana, "", "staging")))
	w.work()
	if again := must(w, ask()); again.ID != first.ID {
		t.Errorf("deployment %s, want %s", again.ID, first.ID)
	}
}

func TestPromotionsAtOnceWithOneKeyAreOne(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		w.deployed("staging", "1.0.0")
		w.healthy("staging")
		by := control.By{Actor: "ana", Key: "k"}
		ids := map[string]bool{}
		for _, r := range atOnce(8, func(int) result[lockstep.Deployment] {
			return got(w.control.Promote(w.Context(), by, "", "production", lockstep.PromotionRequest{}))
		}) {
			ids[must(w, r).ID] = true
		}
		if len(ids) != 1 {
			w.Errorf("%d promotions", len(ids))
		}
	})
}

// A stage is behind by the releases made after its own, up to the one that
// runs in the stage before.
func TestListsSayHowFarAStageIsBehind(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		w.setUp()
		check := func(want *lockstep.Behind) {
			w.Helper()
			// Page by page: the stage before stands on another one.
			page := lockstep.Page{Limit: 1}
			for {
				list := must(w, got(w.control.Environments(w.Context(), "", page)))
				e := list.Items[0]
				switch {
				case e.Name == "staging" && e.Behind != nil:
					w.Errorf("the first stage is behind: %+v", e.Behind)
				case e.Name == "production" && (e.Behind == nil) != (want == nil):
					w.Errorf("behind %+v, want %+v", e.Behind, want)
				case e.Name == "production" && want != nil && *e.Behind != *want:
					w.Errorf("behind %+v, want %+v", *e.Behind, *want)
				}
				if list.NextCursor == "" {
					return
				}
				page.Cursor = list.NextCursor
			}
		}
		check(nil)
		w.deployed("staging", "1.0.0")
		check(&lockstep.Behind{Environment: "staging", Releases: 1, Newest: "1.0.0"})
		w.deployed("production", "1.0.0")
		check(&lockstep.Behind{Environment: "staging", Newest: "1.0.0"})
		w.release("1.1.0")
		w.release("1.2.0")
		w.release("1.3.0")
		check(&lockstep.Behind{Environment: "staging", Newest: "1.0.0"})
		w.deployed("staging", "1.2.0")
		check(&lockstep.Behind{Environment: "staging", Releases: 2, Newest: "1.2.0"})
		w.deployed("production", "1.3.0")
		check(&lockstep.Behind{Environment: "staging", Newest: "1.2.0"})
	})
}
