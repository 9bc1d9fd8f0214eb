package control_test

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/secret"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// secretWorld is applied, with keys.
type secretWorld struct {
	*world
	keys *secret.Keyring
}

func newSecretWorld(t *testing.T) *secretWorld {
	t.Helper()
	s := &secretWorld{}
	s.world = newWorldIn(t, store.Options{DataDir: t.TempDir()}, func(o *control.Options) { o.Vault, o.Keys = later{s}, later{s} })
	wrapper, err := secret.OpenWrapper(t.Context(), filepath.Join(t.TempDir(), "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	s.keys = secret.New(secret.Options{Store: s.store, Wrapper: wrapper, Holder: host})
	if err := s.keys.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.setUp()
	return s
}

// later is a vault that comes to be after what needs it.
type later struct{ *secretWorld }

func (l later) Ready(ctx context.Context) error { return l.keys.Ready(ctx) }

func (l later) Seal(ctx context.Context, p lockstep.SecretPlace, v lockstep.Sensitive) ([]byte, string, error) {
	return l.keys.Seal(ctx, p, v)
}

func (l later) Open(ctx context.Context, v lockstep.SecretVersion) (lockstep.Sensitive, error) {
	return l.keys.Open(ctx, v)
}

func (l later) CopyTo(ctx context.Context, v lockstep.SecretVersion, p lockstep.SecretPlace) ([]byte, string, error) {
	return l.keys.CopyTo(ctx, v, p)
}

func (l later) Status(ctx context.Context) (lockstep.KeyStatus, error) { return l.keys.Status(ctx) }

func (l later) Rotate(ctx context.Context, by string) error { return l.keys.Rotate(ctx, by) }

func (w *secretWorld) place() lockstep.SecretPlace {
	return lockstep.SecretPlace{Project: w.environment("staging").ProjectID, Level: lockstep.LevelProject, Key: "API_KEY"}
}

// value adds a value of the project's API_KEY.
func (w *secretWorld) value(version int64, value string) {
	w.Helper()
	sealed, keyID, err := w.keys.Seal(w.Context(), w.place(), lockstep.Conceal(value))
	if err != nil {
		w.Fatal(err)
	}
	v := lockstep.SecretVersion{SecretRef: lockstep.SecretRef{ID: "s1", Version: version}, Place: w.place(), Sealed: sealed, KeyID: keyID, CreatedAt: w.clock.Now(), CreatedBy: "ana"}
	if err := w.store.Update(w.Context(), func(tx *store.Tx) error { return tx.AddSecretVersion(v) }); err != nil {
		w.Fatal(err)
	}
}

func apiKey(version int64) lockstep.SecretRef {
	return lockstep.SecretRef{ID: "s1", Key: "API_KEY", Version: version}
}

// releaseWith is a release whose backend has a value of API_KEY.
func (w *secretWorld) releaseWith(version string, value int64) {
	w.Helper()
	err := w.store.Update(w.Context(), func(tx *store.Tx) error {
		r, err := tx.Release(w.environment("staging").ProjectID, "1.0.0")
		if err != nil {
			return err
		}
		r.ID, r.Version = "release-"+version, version
		r.Services = slices.Clone(r.Services)
		for i := range r.Services {
			if r.Services[i].Name == "backend" {
				ref := apiKey(value)
				r.Services[i].SecretEnv = map[string]lockstep.SecretText{"API_KEY": {{Secret: &ref}}, "URL": {{Text: "https://"}, {Secret: &ref}}}
			}
		}
		return tx.AddRelease(r)
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *secretWorld) uses(environment string) lockstep.SecretUse {
	w.Helper()
	all := must(w.world, got(w.control.SecretUses(w.Context(), "", environment, "API_KEY")))
	if len(all) != 1 {
		w.Fatalf("uses %+v", all)
	}
	return all[0]
}

func (w *secretWorld) revoke(version int64, force bool) result[lockstep.SecretUse] {
	return got(w.control.RevokeSecret(w.Context(), bo, "", "staging", "API_KEY", lockstep.SecretRevocation{Version: version, Force: force}))
}

func TestSecretIsReplacedStepByStepAndThenRevoked(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value(1, "hunter2")
	w.releaseWith("2.0.0", 1)
	w.releaseWith("3.0.0", 2)
	w.deployed("staging", "2.0.0")
	w.run(lockstep.InstanceReady, 2)
	use := w.uses("production") // it is the project's
	v := use.Versions[0]
	if use.Owner != "sunday" || len(v.Instances) != 2 || v.Instances[0].Environment != "staging" || !slices.Equal(v.Instances[0].Variables, []string{"API_KEY", "URL"}) {
		t.Errorf("uses %+v", use)
	}
	if len(v.Revisions) != 1 || v.Revisions[0].Role != lockstep.RoleRuns || v.Revisions[0].Release != "2.0.0" {
		t.Errorf("revisions %+v", v.Revisions)
	}
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "API_KEY version 1 is in use by staging/backend-", "--force")

	w.value(2, "hunter3")
	refused(w.world, w.revoke(2, false), lockstep.CodeConflict, "is its newest value")
	pending := w.deploy("staging", "3.0.0")
	if got := w.uses("staging").Versions[0].Revisions; len(got) != 1 || got[0].Role != lockstep.RolePending {
		t.Errorf("on its way: %+v", got)
	}
	w.work()
	second := w.deployment(pending.ID)
	w.sees.set(control.Observation{}, nil)
	before := w.newest()
	// While the old instances are there still, it is in use.
	env := w.environment("staging")
	if env.WarmID != "" {
		t.Fatalf("staging keeps %s warm", env.WarmID)
	}
	must(w.world, w.revoke(1, false))
	if got := types(w.happened(before)); !slices.Equal(got, []lockstep.EventType{lockstep.EventSecretRevoked}) {
		t.Errorf("events %v", got)
	}
	if _, err := w.control.OpenSecrets(t.Context(), []lockstep.SecretRef{apiKey(1)}); lockstep.CodeOf(err) != lockstep.CodeConflict || !strings.Contains(err.Error(), "API_KEY version 1 was revoked") {
		t.Errorf("%v", err)
	}
	w.rollbackWithout(second)
}

// rollbackWithout goes back to a revision whose secret is gone.
func (w *secretWorld) rollbackWithout(latest lockstep.Deployment) {
	w.Helper()
	refused(w.world, w.rollback(latest.ID, control.RollbackRequest{}), lockstep.CodeConflict, "API_KEY version 1 (revoked on", "by bo", "--secrets current")
	refused(w.world, w.rollback(latest.ID, control.RollbackRequest{Secrets: "newest"}), lockstep.CodeInvalid, `say "current"`)
	target := must(w.world, got(w.store.Revision(w.Context(), latest.PreviousRevisionID)))
	back := must(w.world, w.rollback(latest.ID, control.RollbackRequest{Secrets: "current"}))
	made := must(w.world, got(w.store.Revision(w.Context(), back.RevisionID)))
	if made.ID == target.ID || made.Hash != back.RevisionHash {
		w.Fatalf("returned to %+v", back)
	}
	if refs := made.Content.SecretRefs(); len(refs) != 1 || refs[0] != apiKey(2) {
		w.Errorf("it needs %+v", refs)
	}
	// Everything else is as it was.
	text := strings.ReplaceAll(asText(w.world, made.Content), `"version":2`, `"version":1`)
	if want := asText(w.world, target.Content); text != want {
		w.Errorf("got\n%s\nwant\n%s", text, want)
	}
	w.work()
	if got := w.environment("staging").ActiveID; got != made.ID {
		w.Errorf("%s runs, want %s", got, made.ID)
	}
}

func asText(w *world, v any) string {
	w.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		w.Fatal(err)
	}
	return string(b)
}

func TestWhatNeedsARevokedValueIsRefusedWheneverItComes(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value(1, "hunter2")
	w.releaseWith("2.0.0", 1)
	w.deployed("staging", "2.0.0")
	w.deploy("staging", "2.0.0")
	must(w.world, w.revoke(1, true))
	refused(w.world, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "2.0.0"}), lockstep.CodeConflict, "API_KEY version 1 (revoked")
	c := w.claim()
	if err := w.control.Gate(t.Context(), *c); lockstep.CodeOf(err) != lockstep.CodeConflict || !strings.Contains(err.Error(), "API_KEY version 1 (revoked") {
		t.Errorf("at the claim: %v", err)
	}
	w.end(c, lockstep.StatusCancelled)
	must(w.world, got(w.control.Stop(t.Context(), ana, "", "staging")))
	w.work()
	_, err := w.control.Start(t.Context(), ana, "", "staging")
	if lockstep.CodeOf(err) != lockstep.CodeConflict || !strings.Contains(err.Error(), "API_KEY version 1 (revoked") {
		t.Errorf("start: %v", err)
	}
}

func TestRollbackDoesNotTakeAValueThatIsGoneToo(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value(1, "hunter2")
	w.releaseWith("2.0.0", 1)
	w.deployed("staging", "2.0.0")
	latest := w.deployed("staging", "1.0.0")
	must(w.world, w.revoke(1, true))
	refused(w.world, w.rollback(latest.ID, control.RollbackRequest{Secrets: "current"}), lockstep.CodeConflict, "API_KEY has no newer value")
}

func TestValueIsNotRevokedWhereNobodyCanSeeWhoHasIt(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value(1, "hunter2")
	w.value(2, "hunter3")
	w.deployed("staging", "1.0.0")
	w.sees.set(control.Observation{}, lockstep.Errorf(lockstep.CodeUnavailable, "the agent is starting"))
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "the host of staging does not answer", "--force")
	must(w.world, w.revoke(1, true))
}

func TestSecretsOfSeveralLevelsAreToldApart(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value(1, "hunter2")
	w.value(2, "hunter3")
	env := w.environment("staging")
	place := w.place()
	place.Level, place.Owner = lockstep.LevelEnvironment, env.ID
	sealed, keyID, err := w.keys.Seal(t.Context(), place, lockstep.Conceal("own"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddSecretVersion(lockstep.SecretVersion{SecretRef: lockstep.SecretRef{ID: "s2", Version: 1}, Place: place, Sealed: sealed, KeyID: keyID})
	}); err != nil {
		t.Fatal(err)
	}
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "there are 2 secrets API_KEY", "s1: API_KEY of project sunday", "s2: API_KEY of environment staging")
	req := lockstep.SecretRevocation{Version: 1, SecretID: "s1"}
	must(w.world, got(w.control.RevokeSecret(t.Context(), bo, "", "staging", "API_KEY", req)))
	if all := must(w.world, got(w.control.SecretUses(t.Context(), "", "production", "API_KEY"))); len(all) != 1 || all[0].Secret.ID != "s1" {
		t.Errorf("production sees %+v", all)
	}
}

func TestOpenedValuesAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value(1, "hunter2")
	w.value(2, "hunter3")
	values := must(w.world, got(w.control.OpenSecrets(t.Context(), []lockstep.SecretRef{apiKey(1), apiKey(2), apiKey(1)})))
	plain := map[int64]string{}
	for ref, value := range values {
		plain[ref.Version] = value.Reveal()
	}
	if !maps.Equal(plain, map[int64]string{1: "hunter2", 2: "hunter3"}) {
		t.Errorf("opened %v", plain)
	}
	missing := lockstep.SecretRef{ID: "none", Key: "GONE", Version: 7}
	if _, err := w.control.OpenSecrets(t.Context(), []lockstep.SecretRef{missing}); lockstep.CodeOf(err) != lockstep.CodeFailed || !strings.Contains(err.Error(), "GONE version 7 is gone") {
		t.Errorf("%v", err)
	}
}
