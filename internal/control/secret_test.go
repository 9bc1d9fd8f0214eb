package control_test

import (
	"context"
	"encoding/json"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

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

func (l later) Holds(ctx context.Context, v lockstep.SecretVersion, value lockstep.Sensitive) bool {
	return l.keys.Holds(ctx, v, value)
}

func (l later) Status(ctx context.Context) (lockstep.KeyStatus, error) { return l.keys.Status(ctx) }

func (l later) Rotate(ctx context.Context, by string) error { return l.keys.Rotate(ctx, by) }

// value gives the project's API_KEY its next value.
func (w *secretWorld) value(value string) {
	w.Helper()
	must(w.world, got(w.control.UpdateOwnVariables(w.Context(), ana, "", "", lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{secretly("API_KEY", value)}})))
}

func secretly(key, value string) lockstep.VariableChange {
	kind := lockstep.VariableSecret
	return lockstep.VariableChange{Key: key, Type: &kind, Value: &value}
}

// apiKey is a value of the project's API_KEY.
func (w *secretWorld) apiKey(version int64) lockstep.SecretRef {
	w.Helper()
	return lockstep.SecretRef{ID: w.uses("production").Secret.ID, Key: "API_KEY", Version: version}
}

// shipped deploys 1.0.0 to staging with the newest configuration.
func (w *secretWorld) shipped() lockstep.Deployment {
	w.Helper()
	d := must(w.world, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0", WithConfig: "latest"}))
	w.work()
	return w.deployment(d.ID)
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
	w.value("hunter2")
	url := "https://${API_KEY}"
	must(w.world, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", lockstep.ConfigUpdate{
		Variables: []lockstep.VariableChange{{Key: "URL", Scope: lockstep.ScopeService, Target: "backend", Value: &url}},
	})))
	w.shipped()
	w.run(lockstep.InstanceReady, 2)
	use := w.uses("production") // it is the project's
	v := use.Versions[0]
	if use.Owner != "sunday" || len(v.Instances) != 4 || v.Instances[0].Environment != "staging" || !slices.Equal(v.Instances[0].Variables, []string{"API_KEY", "URL"}) {
		t.Errorf("uses %+v", use)
	}
	if len(v.Revisions) != 1 || v.Revisions[0].Role != lockstep.RoleRuns || v.Revisions[0].Release != "1.0.0" {
		t.Errorf("revisions %+v", v.Revisions)
	}
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "API_KEY version 1 is in use by staging/backend-", "--force")

	w.value("hunter3")
	refused(w.world, w.revoke(2, false), lockstep.CodeConflict, "is its newest value")
	pending := must(w.world, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0", WithConfig: "latest"}))
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
	if _, err := w.control.OpenSecrets(t.Context(), []lockstep.SecretRef{w.apiKey(1)}); lockstep.CodeOf(err) != lockstep.CodeConflict || !strings.Contains(err.Error(), "API_KEY version 1 was revoked") {
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
	if refs := made.Content.SecretRefs(); len(refs) != 1 || refs[0] != w.apiKey(2) {
		w.Errorf("it needs %+v", refs)
	}
	// Everything else is as it was.
	text := strings.ReplaceAll(asText(w.world, made.Content), `"version":2`, `"version":1`)
	text = strings.ReplaceAll(text, `"secrets":{"API_KEY":2}`, `"secrets":{"API_KEY":1}`)
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
	w.value("hunter2")
	w.shipped()
	w.deploy("staging", "1.0.0")
	must(w.world, w.revoke(1, true))
	refused(w.world, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0"}), lockstep.CodeConflict, "API_KEY version 1 (revoked")
	c := w.claim()
	if err := w.control.Gate(t.Context(), *c); lockstep.CodeOf(err) != lockstep.CodeConflict || !strings.Contains(err.Error(), "API_KEY version 1 (revoked") {
		t.Errorf("at the claim: %v", err)
	}
	w.end(c, lockstep.StatusCancelled)
	w.scalesAndEnablesWithout()
	must(w.world, got(w.control.Stop(t.Context(), ana, "", "staging")))
	w.work()
	_, err := w.control.Start(t.Context(), ana, "", "staging")
	if lockstep.CodeOf(err) != lockstep.CodeConflict || !strings.Contains(err.Error(), "API_KEY version 1 (revoked") {
		t.Errorf("start: %v", err)
	}
}

// scalesAndEnablesWithout: what starts nothing needs no values.
func (w *secretWorld) scalesAndEnablesWithout() {
	w.Helper()
	scale := func(n int) result[lockstep.Operation] {
		return got(w.control.Scale(w.Context(), ana, "", "staging", control.ScaleRequest{Services: map[string]int{"backend": n}}))
	}
	const says = "API_KEY version 1 (revoked"
	now := w.environment("staging")
	refused(w.world, scale(now.ReplicasOf("backend")+1), lockstep.CodeConflict, says)
	must(w.world, scale(now.ReplicasOf("backend")-1))
	c := w.claim()
	if err := w.control.Gate(w.Context(), *c); err != nil {
		w.Errorf("fewer instances: %v", err)
	}
	c.Operation.Replicas = map[string]int{"backend": 9}
	if err := w.control.Gate(w.Context(), *c); err == nil || !strings.Contains(err.Error(), says) {
		w.Errorf("more instances, at the claim: %v", err)
	}
	w.end(c, lockstep.StatusCancelled)
	must(w.world, w.tryDisable(ana, "staging", "frontend", false))
	w.work()
	refused(w.world, w.tryEnable("staging", "frontend"), lockstep.CodeConflict, says)
	c.Operation.Kind, c.Operation.Service, c.Environment = lockstep.OperationEnableService, "frontend", w.environment("staging")
	if err := w.control.Gate(w.Context(), *c); err == nil || !strings.Contains(err.Error(), says) {
		w.Errorf("enable, at the claim: %v", err)
	}
}

// A switch starts nothing, and needs values for its hooks alone.
func TestASwitchWhoseHooksNeedARevokedValueMovesNobody(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	w.shipped()
	w.deployed("production", "1.0.0")
	w.seesReady("staging", "production")
	hook := func(required bool, more ...func(*lockstep.Hook)) {
		w.Helper()
		env := w.environment("staging")
		h := lockstep.Hook{Name: "warn", Stage: lockstep.HookPreSwitch, Run: []string{"./warn"}, Service: "backend", Required: required}
		for _, f := range more {
			f(&h)
		}
		env.Spec.Hooks = []lockstep.Hook{h}
		if err := w.store.Update(w.Context(), func(tx *store.Tx) error { return tx.PutEnvironment(env) }); err != nil {
			w.Fatal(err)
		}
	}
	hook(true)
	asked := must(w.world, w.trySwitch("staging"))
	must(w.world, w.revoke(1, true))
	const says = "its hooks need what is gone: API_KEY version 1 (revoked"
	c := w.claim()
	if err := w.control.Gate(t.Context(), *c); c.Operation.ID != asked.ID || lockstep.CodeOf(err) != lockstep.CodeConflict || !strings.Contains(err.Error(), says) {
		t.Errorf("at the claim: %v", err)
	}
	w.end(c, lockstep.StatusCancelled)
	refused(w.world, w.trySwitch("staging"), lockstep.CodeConflict, says)
	dry := func(drill bool) result[lockstep.Operation] {
		return got(w.control.Switch(w.Context(), control.By{Actor: "ana", DryRun: true}, "", lockstep.EnvironmentSwitchOptions{TargetEnvironmentID: "staging", Drill: drill}))
	}
	must(w.world, dry(true))
	for name, change := range map[string]func(){
		"a hook that may fail":    func() { hook(false) },
		"a request has no values": func() { hook(true, func(h *lockstep.Hook) { h.Run, h.HTTP = nil, &lockstep.HTTPHook{} }) },
	} {
		change()
		if r := dry(false); r.err != nil {
			t.Errorf("%s: %v", name, r.err)
		}
	}
}

func TestRollbackDoesNotTakeAValueThatIsGoneToo(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	w.shipped()
	must(w.world, got(w.control.UpdateOwnVariables(t.Context(), ana, "", "", lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{{Key: "API_KEY", Remove: true}}})))
	latest := w.shipped()
	must(w.world, w.revoke(1, true))
	refused(w.world, w.rollback(latest.ID, control.RollbackRequest{Secrets: "current"}), lockstep.CodeConflict, "API_KEY has no newer value")
}

func TestValueIsNotRevokedWhereNobodyCanSeeWhoHasIt(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	w.value("hunter3")
	w.deployed("staging", "1.0.0")
	w.sees.set(control.Observation{}, lockstep.Errorf(lockstep.CodeUnavailable, "the agent is starting"))
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "the host of staging does not answer", "--force")
	must(w.world, w.revoke(1, true))
}

func TestSecretsOfSeveralLevelsAreToldApart(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	w.value("hunter3")
	project := w.uses("production").Secret.ID
	must(w.world, got(w.control.UpdateConfig(t.Context(), ana, "", "staging", lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{secretly("API_KEY", "own")}})))
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "there are 2 secrets API_KEY", project+": API_KEY of project sunday", "API_KEY of environment staging")
	req := lockstep.SecretRevocation{Version: 1, SecretID: project}
	must(w.world, got(w.control.RevokeSecret(t.Context(), bo, "", "staging", "API_KEY", req)))
	if all := must(w.world, got(w.control.SecretUses(t.Context(), "", "production", "API_KEY"))); len(all) != 1 || all[0].Secret.ID != project {
		t.Errorf("production sees %+v", all)
	}
}

func TestOpenedValuesAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	w.value("hunter3")
	values := must(w.world, got(w.control.OpenSecrets(t.Context(), []lockstep.SecretRef{w.apiKey(1), w.apiKey(2), w.apiKey(1)})))
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

// An earlier value that the configuration says again is not a value that
// nobody needs.
func TestAValueThatWasRestoredIsNotRevoked(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	first := w.set("staging", secretly("API_KEY", "hunter2"))
	w.set("staging", secretly("API_KEY", "hunter3"))
	must(w.world, got(w.control.RestoreConfig(t.Context(), ana, "", "staging", first.Number, lockstep.ConfigUpdateOptions{})))
	refused(w.world, w.revoke(1, false), lockstep.CodeConflict, "is what environment staging says now", "--force")
	must(w.world, w.revoke(2, true))
	w.shipped()
}

// One value that is gone does not hide the others.
func TestRevealingGoesOnWithoutARevokedValue(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	w.set("staging", secretly("OTHER", "hunter4"))
	must(w.world, w.revoke(1, true))
	list := must(w.world, got(w.control.Variables(t.Context(), ana, "", "staging", control.VariableQuery{Reveal: true})))
	shown := map[string]string{}
	for _, v := range list.Variables {
		shown[v.Key] = v.Value
	}
	if shown["API_KEY"] != lockstep.Redacted || shown["OTHER"] != "hunter4" {
		t.Errorf("revealed %v", shown)
	}
}

// Whoever asks for one value gets, and is noted for, that one.
func TestOneValueIsRevealed(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	w.set("staging", secretly("OTHER", "hunter4"))
	before := w.newest()
	list := must(w.world, got(w.control.Variables(t.Context(), ana, "", "staging", control.VariableQuery{Key: "OTHER", Reveal: true})))
	if len(list.Variables) != 1 || list.Variables[0].Value != "hunter4" {
		t.Errorf("revealed %d variables", len(list.Variables))
	}
	if noted := asText(w.world, w.happened(before)); !strings.Contains(noted, "OTHER") || strings.Contains(noted, "API_KEY") {
		t.Errorf("noted %s", noted)
	}
}

// turning is a vault whose keys are rotated just before the first value that
// somebody has read is opened.
type turning struct {
	later
	once *sync.Once
}

func (v turning) Open(ctx context.Context, value lockstep.SecretVersion) (lockstep.Sensitive, error) {
	v.once.Do(func() { v.rotated(ctx) })
	return v.later.Open(ctx, value)
}

// rotated rotates the keys, and returns when the old one is gone.
func (w *secretWorld) rotated(ctx context.Context) {
	w.Helper()
	ctx, stop := context.WithCancel(ctx)
	over := make(chan struct{})
	go func() { w.keys.Run(ctx); close(over) }()
	defer func() { stop(); <-over }()
	if err := w.keys.Rotate(ctx, "ana"); err != nil {
		w.Error(err)
		return
	}
	for until := time.Now().Add(time.Minute); time.Now().Before(until); {
		status, err := w.keys.Status(ctx)
		if err != nil {
			w.Error(err)
			return
		}
		if !status.Keyset.Rotation.Open() {
			return
		}
		w.keys.Wake()
		runtime.Gosched()
	}
	w.Error("the rotation does not end")
}

func TestAValueIsOpenedAlthoughItsKeyGoesMeanwhile(t *testing.T) {
	t.Parallel()
	w := newSecretWorld(t)
	w.value("hunter2")
	c := control.New(control.Options{Store: control.Adapt(w.store), Vault: turning{later{w}, &sync.Once{}}})
	ref := w.apiKey(1)
	values, err := c.OpenSecrets(t.Context(), []lockstep.SecretRef{ref})
	if err != nil || values[ref].Reveal() != "hunter2" {
		t.Errorf("opened %v", err)
	}
}

// A clone has the variables of a service that the matrix names no more, as
// its source has.
func TestACloneHasWhatTheMatrixDoesNotKnow(t *testing.T) {
	t.Parallel()
	w := applied(t)
	w.set("staging", lockstep.VariableChange{Key: "SIZE", Scope: lockstep.ScopeService, Target: "frontend", Value: to("9")})
	w.apply(strings.Replace(matrixText, "  frontend:\n    command: [./frontend]\n    dependsOn: [backend]\n", "", 1))
	must(w, got(w.control.CloneEnvironment(t.Context(), ana, "", "staging", control.CloneRequest{Name: "copy"})))
	list := must(w, got(w.control.Variables(t.Context(), ana, "", "copy", control.VariableQuery{Own: true})))
	if !slices.ContainsFunc(list.Variables, func(v lockstep.Variable) bool { return v.Slot() == "frontend/SIZE" && v.Value == "9" }) {
		t.Errorf("the clone has %+v", list.Variables)
	}
}
