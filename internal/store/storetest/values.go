package storetest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testValues(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"times come back as they were", testTimes},
		{"an environment comes back whole", testWholeEnvironment},
		{"a release comes back whole", func(t *testing.T, w *world) {
			want := lockstep.Release{
				ID: "r", ProjectID: w.project.ID, Version: "1.0.0+é", Notes: "it's \"quoted\" \\ 🚀\n", CreatedAt: epoch, CreatedBy: "ada",
				Source: lockstep.ReleaseSource{Repository: "git@example.com:sunday", Commit: "abc", Branch: "main"},
				Services: []lockstep.ServiceSpec{{
					Name: "backend", Routes: []string{}, Env: map[string]string{"A": "a\u0000b"}, StopGrace: lockstep.Duration(time.Second),
					Health: lockstep.HealthSpec{Path: "/health", Interval: lockstep.Duration(time.Second)},
				}},
			}
			w.update(func(tx *store.Tx) error { return tx.AddRelease(want) })
			w.view(func(tx *store.Tx) error {
				for _, version := range []string{want.Version, "latest"} {
					got, err := tx.Release(w.project.ID, version)
					w.must(err)
					w.same("release", want, got)
				}
				return nil
			})
		}},
		{"a deployment comes back whole", testWholeDeployment},
		{"any text in a document", func(t *testing.T, w *world) {
			env := w.environment("staging")
			for i, text := range []string{"", "\u0000", "a\u0000b", `it's "quoted"`, `\u0000`, "é ü 漢字 🚀 \u2028", "<&>", "'; DROP TABLE environments; --", "$1 ? %s"} {
				w.config(env, int64(i+1), text)
				w.view(func(tx *store.Tx) error {
					c, err := tx.ConfigVersion(env.ID, 0)
					if got := c.Document.Services["backend"].Env["TEXT"]; got != text || c.Number != int64(i+1) {
						t.Errorf("%q came back as %q in version %d", text, got, c.Number)
					}
					return err
				})
			}
		}},
		{"text that PostgreSQL refuses is refused", testRefusedText},
		{"large documents", testLarge},
		{"a hash names its content", func(t *testing.T, w *world) {
			env := w.environment("staging")
			rev := w.revision(env, "1.0.0")
			rev.ID, rev.Content.Release = "forged", "2.0.0"
			err := w.store.Update(t.Context(), func(tx *store.Tx) error {
				_, err := tx.AddRevision(rev)
				return err
			})
			wantCode(t, err, lockstep.CodeInvalid)
			err = w.store.Update(t.Context(), func(tx *store.Tx) error {
				return tx.AddConfigVersion(lockstep.ConfigVersion{ID: "c", EnvironmentID: env.ID, Number: 1, Hash: rev.Hash})
			})
			wantCode(t, err, lockstep.CodeInvalid)
		}},
		{"the same content is the same revision", func(t *testing.T, w *world) {
			env, other := w.environment("staging"), w.environment("other")
			first, again, elsewhere := w.revision(env, "1.0.0"), w.revision(env, "1.0.0"), w.revision(other, "1.0.0")
			w.same("revision", first, again)
			if elsewhere.ID == first.ID || elsewhere.Hash != first.Hash {
				t.Errorf("in another environment: %+v", elsewhere)
			}
			got, err := w.store.Revision(t.Context(), first.ID)
			w.must(err)
			w.same("revision", first, got)
		}},
	})
}

func testTimes(t *testing.T, w *world) {
	vienna, err := time.LoadLocation("Europe/Vienna")
	w.must(err)
	for i, at := range []time.Time{
		{},
		time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC),
		time.Unix(0, 0),
		time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC),
		time.Date(2026, 3, 29, 2, 30, 0, 0, vienna), // an hour that does not exist
		time.Date(2026, 10, 25, 2, 30, 0, 0, vienna),
		time.Date(2026, 10, 25, 2, 30, 0, 0, vienna).Add(time.Hour), // the same on the clock
		time.Date(2026, 1, 1, 0, 0, 0, 123456789, time.UTC),
	} {
		name := fmt.Sprint("p", i)
		w.update(func(tx *store.Tx) error {
			return tx.PutProject(lockstep.Project{ID: name, Name: name, CreatedAt: at, UpdatedAt: at})
		})
		w.view(func(tx *store.Tx) error {
			p, err := tx.Project(name)
			want := at.Truncate(time.Microsecond).UTC()
			if p.CreatedAt != want || p.UpdatedAt != want {
				t.Errorf("%v came back as %v and %v", at, p.CreatedAt, p.UpdatedAt)
			}
			if p.CreatedAt.IsZero() != at.IsZero() {
				t.Errorf("%v: zero is %t", at, p.CreatedAt.IsZero())
			}
			return err
		})
	}
}

func testWholeEnvironment(t *testing.T, w *world) {
	warm, until, modified := lockstep.Duration(0), epoch.Add(time.Hour), epoch.Add(time.Minute)
	var recorded map[string]any
	w.must(json.Unmarshal([]byte(`{"databases": {"primary": {"engine": "postgresql", "nodes": 3}, "cache": {"engine": "redis"}, "large": 1152921504606846977},
    "storage": {"bucket": "b"}, "security": {"waf": true}, "monitoring": null, "networking": "flat", "regions": {"primary": "eu"}, "hooks": []}`), &recorded))
	want := lockstep.Environment{
		ID: "e", ProjectID: w.project.ID, Project: w.project.Name, Name: "production", Type: lockstep.TypeProduction, Status: lockstep.EnvironmentActive,
		Description: "where it counts", HostID: "host", ActiveID: "", WarmID: "w", WarmUntil: &until, StoppedAt: &modified, Scaled: map[string]int{"backend": 2},
		Disabled:    []string{"cache", "worker"},
		Maintenance: &lockstep.Maintenance{Message: "it's late", Until: &until},
		Spec: lockstep.EnvironmentSpec{
			Runtime: lockstep.RuntimeProcess, Region: "eu", Validation: lockstep.ValidationStandard, ApprovalRequired: true, SwitchApproval: true,
			Notifications: lockstep.Notifications{Channels: []string{"#sunday"}},
			Prerequisites: lockstep.Prerequisites{Environments: []string{"staging"}, Soak: lockstep.Duration(time.Hour)},
			Automation:    lockstep.Automation{Deploy: lockstep.DeployWhenProved},
			Domains:       []string{"app.example.com"}, Replicas: map[string]int{"backend": 3}, Recorded: recorded,
			Alerts: []lockstep.AlertRule{{Name: "unwell", When: "health.score < 90", For: lockstep.Duration(time.Minute), Clear: "health.score > 95"}},
			Strategy: lockstep.StrategySpec{
				Primary: lockstep.StrategyCanary, Alternatives: []lockstep.Strategy{lockstep.StrategyRolling},
				Weights: []int{5, 100}, WarmFor: &warm, StableFor: lockstep.Duration(time.Second),
			},
			Dependencies: []lockstep.DependencyRecord{
				{Name: "database", Type: lockstep.ServiceDatabase, Endpoint: "db:5432", Config: map[string]any{"engine": "postgresql", "text": "\u0000"}},
				{Name: "cache", Type: lockstep.ServiceCache, Check: &lockstep.CheckSpec{}},
				{Name: "queue", Type: lockstep.ServiceQueue, Endpoint: "http://mq", Check: &lockstep.CheckSpec{
					Kind: lockstep.CheckRabbitMQ, Path: "/x", Interval: lockstep.Duration(time.Minute), HealthyAfter: 2, User: "watch", PasswordFile: "mq",
					Command: []string{"a", "b"}, Warn: lockstep.CheckLimits{PendingAbove: 10, UsedAbove: "5Gi"},
				}},
			},
		},
		Metadata: lockstep.EnvironmentMetadata{
			CreatedAt: epoch, CreatedBy: "ada", Version: "1.0.0", Tags: []string{"eu"}, LastModified: &modified, ModifiedBy: "eve",
			LastDeployment: &lockstep.LastDeployment{Version: "1.0.0", DeployedAt: epoch, DeployedBy: "ada", DeploymentID: "d"},
		},
		CreatedAt: epoch, UpdatedAt: epoch,
	}
	put := func() {
		w.update(func(tx *store.Tx) error { return tx.PutEnvironment(want) })
		w.same("environment by ID", want, w.readEnvironment("e"))
		w.view(func(tx *store.Tx) error {
			got, err := tx.Environment(w.project.ID, "production")
			w.same("environment by name", want, got)
			return err
		})
	}
	put()
	want.Spec.Dependencies = []lockstep.DependencyRecord{{Name: "storage", Type: lockstep.ServiceStorage}, {Name: "database", Type: lockstep.ServiceDatabase}}
	want.Spec.Recorded, want.WarmUntil, want.StoppedAt, want.Scaled, want.Disabled, want.Maintenance, want.UpdatedAt = nil, nil, nil, nil, nil, nil, epoch.Add(time.Second)
	put()
	want.Spec.Dependencies = nil
	put()
}

func testWholeDeployment(t *testing.T, w *world) {
	env := w.environment("production")
	for name, change := range map[string]func(*lockstep.Deployment){
		"plain": func(*lockstep.Deployment) {},
		"promoted": func(d *lockstep.Deployment) {
			d.PromotedFrom, d.Reason = &lockstep.Promotion{Environment: "staging", DeploymentID: "other"}, "it's urgent 🚀"
		},
		"a recipe": func(d *lockstep.Deployment) {
			d.Strategy = lockstep.StrategyCustom
			d.Recipe = &lockstep.Recipe{Name: "careful", Description: "é", Steps: []lockstep.RecipeStep{
				{Do: lockstep.RecipeStart},
				{Do: lockstep.RecipeApprove, Message: "sure?", Timeout: lockstep.Duration(time.Hour)},
				{Do: lockstep.RecipeHook, Hook: "smoke", Inline: &lockstep.Hook{Name: "smoke", Run: []string{"./smoke"}}},
				{Do: lockstep.RecipeShift, Weight: 100},
			}}
		},
		"promoted, of no deployment": func(d *lockstep.Deployment) { d.PromotedFrom = &lockstep.Promotion{Environment: "staging"} },
		"with all that is asked for": func(d *lockstep.Deployment) {
			d.Description, d.NotificationChannels, d.Strategy, d.ValidationRequired, d.Reason = "é", []string{"#sunday"}, lockstep.StrategyCanary, false, "because"
		},
	} {
		want := w.deploy(env, "1.0.0", change)
		got := w.deployment(want.ID)
		got.Steps = want.Steps // nil and none
		w.same(name, want, got)
		w.view(func(tx *store.Tx) error {
			list, _, err := tx.Deployments(lockstep.DeploymentFilter{EnvironmentID: env.ID}, lockstep.Page{Limit: 1})
			w.same(name+", listed", want, list[0])
			return err
		})
	}
}

func testRefusedText(t *testing.T, w *world) {
	env := w.environment("staging")
	for name, text := range map[string]string{"NUL": "a\x00b", "not UTF-8": "a\xff"} {
		bad := env
		bad.Description = text
		err := w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(bad) })
		wantCode(t, err, lockstep.CodeInvalid)
		if err == nil || !strings.Contains(err.Error(), `environment "staging"`) {
			t.Errorf("%s: the error does not name the environment: %v", name, err)
		}
		err = w.store.View(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Project(text)
			return err
		})
		wantCode(t, err, lockstep.CodeInvalid)
	}
	w.same("environment", env, w.readEnvironment(env.ID))
}

// testLarge writes a mebibyte into each kind of document.
func testLarge(t *testing.T, w *world) {
	large := strings.Repeat("0123456789abcde\n", 1<<16)
	c := w.running("start")
	env := c.Environment
	w.config(env, 1, large)
	w.record(c.Lease, lockstep.Record{
		Step:   &lockstep.Step{Seq: 1, Status: lockstep.StepRunning, Output: large},
		Events: []lockstep.Event{{Type: lockstep.EventStepProgress, Data: map[string]any{"message": large}}},
	})
	w.update(func(tx *store.Tx) error {
		p := w.project
		p.Matrix = []byte(large)
		return tx.PutProject(p)
	})
	w.view(func(tx *store.Tx) error {
		p, err := tx.Project("sunday")
		w.must(err)
		config, err := tx.ConfigVersion(env.ID, 1)
		w.must(err)
		op, err := tx.Operation(c.Operation.ID)
		if string(p.Matrix) != large || config.Document.Services["backend"].Env["TEXT"] != large || op.Steps[0].Output != large {
			t.Error("a large document was not kept whole")
		}
		return err
	})
	if e := w.events(w.newest() - 1)[0]; e.Data["message"] != large {
		t.Error("a large event was not kept whole")
	}
}

func (w *world) config(env lockstep.Environment, number int64, text string) lockstep.ConfigVersion {
	w.t.Helper()
	c := lockstep.ConfigVersion{
		ID: w.id("config"), EnvironmentID: env.ID, Number: number, Author: "ada", Message: "because", CreatedAt: w.tick(),
		Document: lockstep.ConfigDocument{Services: map[string]lockstep.ServiceConfig{"backend": {Env: map[string]string{"TEXT": text}}}},
	}
	var err error
	c.Hash, err = lockstep.Hash(c.Document)
	w.must(err)
	w.update(func(tx *store.Tx) error { return tx.AddConfigVersion(c) })
	return c
}
