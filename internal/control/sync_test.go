package control_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// syncing is a world with secrets in which staging says more than production.
func syncing(t *testing.T) *world {
	t.Helper()
	return syncingIn(t, t.TempDir())
}

func syncingIn(t *testing.T, dir string) *world {
	t.Helper()
	w := sealed(t, dir, func(*control.Options) {})
	w.setWords("staging", "LEVEL=debug", "RATE=5", "ONLY=here")
	w.setWords("production", "LEVEL=info")
	return w
}

// setWords gives an environment variables: KEY=VALUE, KEY! for a secret.
func (w *world) setWords(environment string, words ...string) {
	w.Helper()
	var up lockstep.ConfigUpdate
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		change := lockstep.VariableChange{Key: strings.TrimSuffix(key, "!"), Value: &value}
		if sensitive := strings.HasSuffix(key, "!"); sensitive {
			change.Sensitive = &sensitive
		}
		up.Variables = append(up.Variables, change)
	}
	must(w, got(w.control.UpdateConfig(w.Context(), ana, "", environment, up)))
}

// says is what production's newest configuration says of its own variables,
// as KEY=VALUE.
func (w *world) says() (out []string) {
	w.Helper()
	v := must(w, got(w.control.ConfigVersion(w.Context(), "", "production", "latest")))
	for _, x := range v.Document.Variables {
		if x.Level == lockstep.LevelEnvironment {
			out = append(out, x.Key+"="+x.Value)
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) trySync(by control.By, change ...func(*lockstep.ConfigSyncOptions)) result[lockstep.SyncResult] {
	w.Helper()
	opts := lockstep.ConfigSyncOptions{TargetEnvironmentID: "production"}
	for _, f := range change {
		f(&opts)
	}
	return got(w.control.Sync(w.Context(), by, "", "staging", opts))
}

// carriedOut is a sync whose turn has come.
func (w *world) carriedOut(id string) lockstep.SyncResult {
	w.Helper()
	c := w.begin()
	if c.Operation.ID != id {
		w.Fatalf("claimed %s, want %s", c.Operation.ID, id)
	}
	_, err := w.control.CarryOutSync(w.Context(), c.Operation, c.Lease)
	if err != nil {
		w.record(c, lockstep.Record{Failure: &lockstep.OperationError{Code: lockstep.CodeOf(err), Message: err.Error()}})
		w.end(c, lockstep.StatusFailed)
	} else {
		w.end(c, lockstep.StatusCompleted)
	}
	return must(w, got(w.control.SyncResult(w.Context(), id)))
}

func TestASyncBringsWhatTheSourceSays(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	dry := ana
	dry.DryRun = true
	seen := w.newest()
	plan := must(w, w.trySync(dry))
	if plan.ID != "" || len(plan.Changes) == 0 || plan.SourceVersion == 0 || w.newest() != seen {
		t.Errorf("a plan is %+v, after %d events", plan, w.newest()-seen)
	}
	asked := must(w, w.trySync(ana, func(o *lockstep.ConfigSyncOptions) {
		o.TargetVersion, o.SourceVersion = plan.TargetVersion, plan.SourceVersion
	}))
	if asked.Status != lockstep.SyncRunning || asked.ID == "" {
		t.Errorf("asked: %+v", asked)
	}
	w.setWords("staging", "LEVEL=trace") // after what was planned
	done := w.carriedOut(asked.ID)
	if done.Status != lockstep.SyncCompleted || done.NewVersion != plan.TargetVersion+1 || done.CompletedAt == nil {
		t.Errorf("done: %+v", done)
	}
	for _, c := range done.Changes {
		if c.Path == "variables.backend.LOG_LEVEL" && c.Status != lockstep.ChangeSkipped || strings.HasPrefix(c.Path, "variables.") && !strings.Contains(c.Path, "backend") && c.Status != lockstep.ChangeApplied {
			t.Errorf("%+v", c)
		}
	}
	if got := w.says(); !slices.Equal(got, []string{"LEVEL=debug", "ONLY=here", "RATE=5"}) {
		t.Errorf("production says %q", got)
	}
	v := must(w, got(w.control.ConfigVersion(w.Context(), "", "production", "latest")))
	for _, x := range v.Document.Variables {
		if x.Level == lockstep.LevelEnvironment && x.Source != lockstep.SourceSync {
			t.Errorf("%s came by %s", x.Key, x.Source)
		}
	}
	told := w.happened(seen)
	if !slices.Contains(types(told), lockstep.EventConfigSynced) || !slices.Contains(types(told), lockstep.EventConfigVersionCreated) {
		t.Errorf("events %v", types(told))
	}
}

// Carried out twice, by a worker that died before it could say so and by its
// heir, a sync changes its target once. A worker that was overtaken is refused.
func TestASyncIsCarriedOutOnce(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	asked := must(w, w.trySync(ana))
	c := w.begin()
	first, err := w.control.CarryOutSync(w.Context(), c.Operation, c.Lease)
	if err != nil {
		t.Fatal(err)
	}
	version := must(w, got(w.control.SyncResult(w.Context(), asked.ID))).NewVersion
	again, err := w.control.CarryOutSync(w.Context(), c.Operation, c.Lease)
	if err != nil || again != first {
		t.Errorf("the second time it says %q (%v), the first %q", again, err, first)
	}
	if v := must(w, got(w.control.ConfigVersion(w.Context(), "", "production", "latest"))); v.Number != version {
		t.Errorf("production is at %d, want %d", v.Number, version)
	}
	old := c.Lease
	old.Fence--
	_, err = w.control.CarryOutSync(w.Context(), c.Operation, old)
	refused(w, got("", err), lockstep.CodeFenced)
	w.end(c, lockstep.StatusCompleted)
	_, err = w.control.CarryOutSync(w.Context(), c.Operation, c.Lease)
	refused(w, got("", err), lockstep.CodeFenced)
}

func TestASyncOverWhatHasChangedFails(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	asked := must(w, w.trySync(ana))
	w.setWords("production", "LEVEL=error")
	before := w.says()
	done := w.carriedOut(asked.ID)
	if done.Status != lockstep.SyncFailed || !strings.Contains(done.Error, "somebody changed it meanwhile") || done.NewVersion != 0 {
		t.Errorf("done: %+v", done)
	}
	for _, c := range done.Changes {
		if c.Status != lockstep.ChangeFailed && c.Status != lockstep.ChangeSkipped {
			t.Errorf("%+v", c)
		}
	}
	if got := w.says(); !slices.Equal(got, before) {
		t.Errorf("production says %q", got)
	}
	refused(w, w.trySync(ana, func(o *lockstep.ConfigSyncOptions) { o.TargetVersion = 1 }), lockstep.CodeConflict, "look at the plan again")
}

// What the target could not be deployed with refuses all of a sync.
func TestASyncThatDoesNotResolveChangesNothing(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	w.setWords("staging", "BASE=x", "URL=${BASE}/y")
	dry := ana
	dry.DryRun = true
	only := func(o *lockstep.ConfigSyncOptions) { o.Include = []string{"URL"} }
	refused(w, w.trySync(dry, only), lockstep.CodeInvalid, "production cannot be deployed with what staging says", "BASE")
	before := w.says()
	done := w.carriedOut(must(w, w.trySync(ana, only)).ID)
	if done.Status != lockstep.SyncFailed || !slices.Equal(w.says(), before) {
		t.Errorf("%+v, and production says %q", done, w.says())
	}
	w.carriedOut(must(w, w.trySync(ana, only, func(o *lockstep.ConfigSyncOptions) { o.Include = append(o.Include, "BASE") })).ID)
	if got := w.says(); !slices.Contains(got, "URL=${BASE}/y") {
		t.Errorf("production says %q", got)
	}
}

func TestASyncWaitsForBothEnvironments(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	w.deployed("staging", "1.0.0")
	w.deploy("staging", "1.0.0")
	deployment := w.begin()
	asked := must(w, w.trySync(ana))
	if c := w.claim(); c != nil {
		t.Fatalf("claimed %s beside a deployment of its source", c.Operation.ID)
	}
	if _, err := w.control.CancelOperation(w.Context(), bo, asked.ID); err != nil {
		t.Fatal(err)
	}
	if s := must(w, got(w.control.SyncResult(w.Context(), asked.ID))); s.Status != lockstep.SyncCancelled || s.NewVersion != 0 {
		t.Errorf("cancelled: %+v", s)
	}
	next := must(w, w.trySync(ana))
	w.end(deployment, lockstep.StatusCompleted)
	if s := w.carriedOut(next.ID); s.Status != lockstep.SyncCompleted {
		t.Errorf("afterwards: %+v", s)
	}
}

func TestASyncIsUndone(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	before := w.says()
	done := w.carriedOut(must(w, w.trySync(ana)).ID)
	undone := must(w, got(w.control.UndoSync(w.Context(), bo, done.ID)))
	if undone.Undone == nil || undone.Undone.By != "bo" || undone.Undone.Version != done.NewVersion+1 {
		t.Errorf("undone: %+v", undone)
	}
	if got := w.says(); !slices.Equal(got, before) {
		t.Errorf("production says %q, want %q", got, before)
	}
	refused(w, got(w.control.UndoSync(w.Context(), bo, done.ID)), lockstep.CodeConflict, "undone already, by bo")

	done = w.carriedOut(must(w, w.trySync(ana)).ID)
	w.setWords("production", "HOTFIX=1")
	refused(w, got(w.control.UndoSync(w.Context(), bo, done.ID)), lockstep.CodeConflict, "has changed since", "would lose that")
	list := must(w, got(w.control.Syncs(w.Context(), "", "staging", lockstep.Page{})))
	if len(list.Items) != 2 || list.Items[0].ID != done.ID || list.Items[1].Undone == nil {
		t.Errorf("history %+v", list.Items)
	}
}

func TestASyncAppliesImmediately(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	at := func(o *lockstep.ConfigSyncOptions) {
		o.ApplyImmediately, o.SourceEnvironmentID, o.TargetEnvironmentID = true, "", "production"
	}
	refused(w, w.trySync(ana, at), lockstep.CodeConflict, "nothing runs in production")
	w.deployed("production", "1.0.0")
	done := w.carriedOut(must(w, w.trySync(ana, at)).ID)
	if done.DeploymentID == "" {
		t.Fatalf("no deployment: %+v", done)
	}
	d := w.deployment(done.DeploymentID)
	if d.ConfigVersion != done.NewVersion || d.Version != "1.0.0" || d.Status != lockstep.StatusPendingApproval {
		t.Errorf("deployment %+v", d)
	}
}

func TestWhoMaySync(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	refused(w, w.trySync(control.By{}), lockstep.CodeUnauthenticated)
	refused(w, w.trySync(ana, func(o *lockstep.ConfigSyncOptions) { o.TargetEnvironmentID = "staging" }), lockstep.CodeInvalid, "both source and target")
	refused(w, w.trySync(ana, func(o *lockstep.ConfigSyncOptions) { o.TargetEnvironmentID = "" }), lockstep.CodeInvalid, "one of them")
	refused(w, w.trySync(ana, func(o *lockstep.ConfigSyncOptions) { o.TargetEnvironmentID = "prodction" }), lockstep.CodeNotFound, "did you mean production")
	refused(w, w.trySync(ana, func(o *lockstep.ConfigSyncOptions) { o.SyncType = "both" }), lockstep.CodeUnsupported, "copies data")
	refused(w, w.trySync(ana, func(o *lockstep.ConfigSyncOptions) { o.SyncType = "partial" }), lockstep.CodeInvalid)
	w.setStatus("production", lockstep.EnvironmentArchived)
	refused(w, w.trySync(ana), lockstep.CodeRefused, "archived")
}

func TestDiffOfEnvironments(t *testing.T) {
	t.Parallel()
	w := syncing(t)
	w.clock.pass(time.Hour)
	w.carriedOut(must(w, w.trySync(ana)).ID)
	w.setWords("production", "LEVEL=warn")
	d := must(w, got(w.control.DiffEnvironments(w.Context(), "", "staging", "production")))
	found := map[string]lockstep.Difference{}
	for _, x := range d.Differences {
		found[string(x.Class)+" "+x.Path] = x
	}
	moved, ok := found["unpromoted variables.LEVEL"]
	if !ok || moved.ChangedIn != lockstep.ChangedInTarget || !strings.Contains(moved.Reason, "since the sync") || moved.ModifiedBy != "ana" {
		t.Errorf("LEVEL: %+v of %v", moved, d.Differences)
	}
	if _, ok := found["intended variables.backend.LOG_LEVEL"]; !ok {
		t.Errorf("LOG_LEVEL is not intended: %v", d.Differences)
	}
	if d.Base == nil || d.Base.By != "ana" {
		t.Errorf("base %+v", d.Base)
	}
	w.deployed("production", "1.0.0")
	w.setWords("production", "LEVEL=error")
	d = must(w, got(w.control.DiffEnvironments(w.Context(), "", "staging", "production")))
	i := slices.IndexFunc(d.Differences, func(x lockstep.Difference) bool { return x.Class == lockstep.DifferenceDrifted })
	if i < 0 || d.Differences[i].Path != "variables.LEVEL" || d.Differences[i].Stored != "error" || d.Differences[i].Running != "warn" {
		t.Errorf("drift: %+v", d.Differences)
	}
}

// A secret is copied as it is sealed: the target has one of its own with the
// same value, and nobody has seen it on the way.
func TestASyncCopiesSecrets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := syncingIn(t, dir)
	const plaintext = "hunter2-hunter2-hunter2"
	w.setWords("staging", "TOKEN!="+plaintext)
	w.setWords("production", "TOKEN!=old-old-old")
	done := w.carriedOut(must(w, w.trySync(ana)).ID)
	i := slices.IndexFunc(done.Changes, func(c lockstep.ConfigChange) bool { return c.Path == "variables.TOKEN" })
	if i < 0 || done.Changes[i].Status != lockstep.ChangeApplied || done.Changes[i].NewValue != lockstep.Redacted || done.Changes[i].OldValue != lockstep.Redacted {
		t.Fatalf("%+v", done)
	}
	token := func(environment string) (v lockstep.Variable) {
		for _, v = range must(w, got(w.control.ConfigVersion(w.Context(), "", environment, "latest"))).Document.Variables {
			if v.Key == "TOKEN" {
				return v
			}
		}
		return v
	}
	from, to := token("staging"), token("production")
	if to.SecretID == "" || to.SecretID == from.SecretID || to.SecretVersion != 2 || !to.Sensitive || to.Value != lockstep.Redacted {
		t.Errorf("production has %+v, staging %+v", to, from)
	}
	opened := must(w, got(w.control.OpenSecrets(w.Context(), []lockstep.SecretRef{{ID: to.SecretID, Key: "TOKEN", Version: to.SecretVersion}})))
	for _, value := range opened {
		if value.Reveal() != plaintext {
			t.Error("it is another value")
		}
	}
	differs := func() bool {
		d := must(w, got(w.control.DiffEnvironments(w.Context(), "", "staging", "production")))
		if strings.Contains(fmt.Sprintf("%+v", d), plaintext) {
			t.Error("a difference says the value")
		}
		return slices.ContainsFunc(d.Differences, func(x lockstep.Difference) bool {
			return x.Path == "variables.TOKEN" && x.Class == lockstep.DifferenceUnpromoted
		})
	}
	if differs() {
		t.Error("one value, sealed twice, differs")
	}
	w.setWords("production", "TOKEN!="+plaintext+"-too")
	if !differs() {
		t.Error("two values do not differ")
	}
	refused(w, got(w.control.UndoSync(w.Context(), ana, done.ID)), lockstep.CodeConflict, "has changed since")
	for _, file := range must(w, got(filepath.Glob(filepath.Join(dir, "*.db*")))) {
		if raw := must(w, got(os.ReadFile(file))); strings.Contains(string(raw), "hunter2") {
			t.Errorf("%s holds the value", filepath.Base(file))
		}
	}
}

// What the matrix says of one environment's services is brought to another
// where that is asked for, and undone; the next matrix that is applied says
// its own again, and shows it.
func TestASyncOverridesServices(t *testing.T) {
	t.Parallel()
	w := applied(t)
	text := strings.Replace(matrixText, "env: {LOG_LEVEL: debug}", "validate: [/health], env: {LOG_LEVEL: debug}", 1)
	w.apply(text)
	command := func() []string {
		v := must(w, got(w.control.ConfigVersion(w.Context(), "", "production", "latest")))
		return v.Document.Services["backend"].Validate
	}
	kind := func(o *lockstep.ConfigSyncOptions) { o.SyncType, o.IncludeSpecific = lockstep.SyncServicesOnly, true }
	done := w.carriedOut(must(w, w.trySync(ana, kind)).ID)
	if got := command(); done.NewVersion == 0 || !slices.Equal(got, []string{"/health"}) {
		t.Fatalf("%+v: production validates %q", done, got)
	}
	if plan := must(w, got(w.control.PlanMatrix(w.Context(), ana, "", []byte(text)))).Plan; plan.Empty() {
		t.Error("the matrix does not see it")
	}
	must(w, got(w.control.UndoSync(w.Context(), ana, done.ID)))
	if got := command(); len(got) != 0 {
		t.Errorf("undone: production validates %q", got)
	}
	if plan := must(w, got(w.control.PlanMatrix(w.Context(), ana, "", []byte(text)))).Plan; !plan.Empty() {
		t.Errorf("undone, and the matrix sees %+v", plan)
	}
}
