package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/api"
	"github.com/lockstep-dev/lockstep/internal/control"
)

type deployments = control.List[lockstep.Deployment]

// A day of a project, by each of its endpoints.
func TestADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const system = "/api/system"

	planned := decode[control.Planned](w.do(http.MethodPost, system+"/matrix/plan", matrixText, head{"Content-Type": "application/yaml"}).is(200))
	if planned.Version != 0 || planned.Plan.Empty() {
		t.Errorf("planned %+v", planned)
	}
	done := decode[control.Applied](w.do(http.MethodPut, system+"/matrix", matrixText, head{"If-Match": `"0"`}).is(200))
	if done.Version != 1 || done.Operations == nil {
		t.Errorf("applied %+v", done)
	}
	file := w.get(system + "/matrix?project=sunday").is(200)
	if string(file.body) != matrixText || file.header.Get("ETag") != `"1"` || !strings.HasPrefix(file.header.Get("Content-Type"), "text/yaml") {
		t.Errorf("matrix %v %s", file.header, file.body)
	}
	if all := decode[control.List[lockstep.Project]](w.get(system + "/projects").is(200)); len(all.Items) != 1 || all.Items[0].Name != "sunday" {
		t.Errorf("projects %+v", all)
	}
	if all := decode[control.List[lockstep.Environment]](w.get(system + "/environments").is(200)); len(all.Items) != 2 || all.NextCursor != "" {
		t.Errorf("environments %+v", all)
	}
	first := decode[control.List[lockstep.Environment]](w.get(system + "/environments?limit=1").is(200))
	rest := decode[control.List[lockstep.Environment]](w.get(system + "/environments?limit=1&cursor=" + first.NextCursor).is(200))
	if first.Items[0].Name != "production" || rest.Items[0].Name != "staging" || rest.NextCursor != "" {
		t.Errorf("pages %+v %+v", first, rest)
	}
	w.get(system+"/environments/current").problem(404, lockstep.CodeNoCurrentEnvironment)
	production := decode[lockstep.Environment](w.get(system + "/environments/production").is(200))
	if byID := decode[lockstep.Environment](w.get(system + "/environments/" + production.ID).is(200)); byID.Name != "production" {
		t.Errorf("by ID %+v", byID)
	}

	w.do(http.MethodPost, system+"/releases", `{"version":"1.0.0","notes":"first"}`).is(201)
	w.do(http.MethodPost, system+"/releases", `{"version":"1.1.0"}`).is(201)
	if r := decode[lockstep.Release](w.get(system + "/releases/latest").is(200)); r.Version != "1.1.0" {
		t.Errorf("latest %+v", r)
	}
	if all := decode[control.List[lockstep.Release]](w.get(system + "/releases").is(200)); len(all.Items) != 2 {
		t.Errorf("releases %+v", all)
	}

	d := w.deploy("production", `{"version":"1.0.0","description":"go"}`)
	if d.Status != lockstep.StatusPendingApproval || d.StartedBy != "ana" {
		t.Errorf("deployment %+v", d)
	}
	queue := decode[control.List[lockstep.Operation]](w.get(system + "/operations?environment=production").is(200))
	if len(queue.Items) != 1 || queue.Items[0].ID != d.ID {
		t.Errorf("operations %+v", queue)
	}
	approved := decode[lockstep.Deployment](w.do(http.MethodPost, system+"/deployments/"+d.ID+"/approve", `{"comment":"fine"}`).is(200))
	if approved.Status != lockstep.StatusPending {
		t.Errorf("approved %+v", approved)
	}
	w.work()
	if o := decode[lockstep.Operation](w.get(system + "/operations/" + d.ID).is(200)); o.Status != lockstep.StatusCompleted {
		t.Errorf("operation %+v", o)
	}
	w.get(system + "/operations/" + d.ID + "/output").is(200)
	if current := decode[lockstep.Environment](w.get(system + "/environments/current").is(200)); current.ID != production.ID {
		t.Errorf("current %+v", current)
	}
	w.monitors()
	s := decode[lockstep.StatusReport](w.get(system + "/environments/production/status").is(200))
	acknowledge := system + "/environments/production/alerts/unwell/acknowledge"
	w.do(http.MethodPost, acknowledge, `{}`).problem(409, lockstep.CodeConflict, "does not fire")
	w.do(http.MethodPost, system+"/environments/staging/alerts/unwell/acknowledge", `{}`).problem(404, lockstep.CodeNotFound, "has no alert")
	if err := w.store.RecordHealth(w.Context(), lockstep.HealthBatch{Alerts: []lockstep.Alert{{
		EnvironmentID: production.ID, Name: "unwell", When: "health.score < 90", State: lockstep.AlertFiring, Since: s.Revision.CreatedAt,
	}}}); err != nil {
		t.Fatal(err)
	}
	if a := decode[lockstep.Alert](w.do(http.MethodPost, acknowledge, `{"comment":"on it"}`).is(200)); a.AcknowledgedBy == "" || a.Comment != "on it" || a.AcknowledgedAt == nil {
		t.Errorf("acknowledged %+v", a)
	}
	if list := decode[control.List[lockstep.Alert]](w.get(system + "/alerts").is(200)); len(list.Items) != 1 || list.Items[0].Comment != "on it" || list.Items[0].State != lockstep.AlertFiring {
		t.Errorf("alerts %+v", list)
	}
	if h := decode[lockstep.HealthReport](w.get(system + "/environments/production/health").is(200)); h.Score != nil || h.UnreachableHost == "" || len(h.Uptime) != 3 || len(h.Services) != len(s.Services) {
		t.Errorf("health %+v", h)
	}
	if s.Status != lockstep.EnvironmentActive || s.UnreachableHost == "" || s.RunningConfig != 1 {
		t.Errorf("status %+v", s)
	}
	if c := decode[control.ConfigReport](w.get(system + "/environments/production/config").is(200)); c.Running != 1 || c.Latest != 1 {
		t.Errorf("config %+v", c)
	}

	second := w.deploy("production", `{"version":"1.1.0"}`)
	w.do(http.MethodPost, system+"/deployments/"+second.ID+"/approve", "").is(200)
	w.work()
	back := decode[lockstep.Deployment](w.do(http.MethodPost, system+"/deployments/"+second.ID+"/rollback", "{}").is(202))
	if back.RollbackOf != second.ID || back.Version != "1.0.0" {
		t.Errorf("rollback %+v", back)
	}
	w.work()
	if got := decode[lockstep.Deployment](w.get(system + "/deployments/" + second.ID).is(200)); got.Status != lockstep.StatusRolledBack {
		t.Errorf("taken back: %+v", got)
	}

	w.do(http.MethodPost, system+"/environments/production/deploy", `{"version":"1.1.0"}`).problem(403, lockstep.CodeRefused, "was rolled back in production", "--reason")
	if s := decode[lockstep.StatusReport](w.get(system + "/environments/production/status").is(200)); len(s.Quarantined) != 1 || s.Quarantined[0].Version != "1.1.0" {
		t.Errorf("quarantined %+v", s.Quarantined)
	}
	if all := decode[control.List[lockstep.Release]](w.get(system + "/releases").is(200)); len(all.Items[0].Quarantined) != 1 || len(all.Items[1].Quarantined) != 0 {
		t.Errorf("releases %+v", all)
	}
	rejected := w.deploy("production", `{"version":"1.1.0","reason":"the orders are back"}`)
	if got := decode[lockstep.Deployment](w.do(http.MethodPost, system+"/deployments/"+rejected.ID+"/reject", `{"reason":"no"}`).is(200)); got.Status != lockstep.StatusCancelled {
		t.Errorf("rejected %+v", got)
	}
	cancelled := w.deploy("staging", `{"version":"1.1.0"}`)
	if got := decode[lockstep.Deployment](w.do(http.MethodPost, system+"/deployments/"+cancelled.ID+"/cancel", "").is(200)); got.Status != lockstep.StatusCancelled {
		t.Errorf("cancelled %+v", got)
	}
	w.deploy("staging", `{"version":"1.1.0"}`)
	w.work()
	ahead := decode[control.List[lockstep.Environment]](w.get(system + "/environments").is(200))
	if b := ahead.Items[0].Behind; b == nil || *b != (lockstep.Behind{Environment: "staging", Releases: 1, Newest: "1.1.0"}) || ahead.Items[1].Behind != nil {
		t.Errorf("behind %+v", ahead)
	}
	promote := system + "/environments/production/promote"
	w.do(http.MethodPost, promote, "").problem(403, lockstep.CodeRefused, "is refused", `"field":"not_proved"`, `"field":"quarantined"`)
	promoted := decode[lockstep.Deployment](w.do(http.MethodPost, promote, `{"from":"staging","force":true,"reason":"orders are back"}`).is(202))
	if promoted.Version != "1.1.0" || promoted.PromotedFrom == nil || promoted.PromotedFrom.Environment != "staging" || promoted.Reason != "orders are back" {
		t.Errorf("promoted %+v", promoted)
	}
	w.do(http.MethodPost, system+"/deployments/"+promoted.ID+"/cancel", "").is(200)
	for query, want := range map[string]int{
		"/deployments": 7, "/deployments?environment=staging": 2, "/deployments?status=cancelled": 3, "/deployments?limit=2": 2,
		"/environments/production/deployments": 5, "/environments/production/deployments?status=completed": 2,
	} {
		if all := decode[deployments](w.get(system + query).is(200)); len(all.Items) != want {
			t.Errorf("%s: %d deployments, want %d", query, len(all.Items), want)
		}
	}

	stopping := system + "/environments/production/"
	if dry := decode[lockstep.Operation](w.do(http.MethodPost, stopping+"stop?dryRun=true", "").is(200)); len(dry.Steps) == 0 {
		t.Errorf("a dry run %+v", dry)
	}
	w.do(http.MethodPost, stopping+"start", "").problem(409, lockstep.CodeConflict, "is not stopped")
	once := head{"Idempotency-Key": "stop-once"}
	asked := decode[lockstep.Operation](w.do(http.MethodPost, stopping+"stop", "", once).is(202))
	if again := decode[lockstep.Operation](w.do(http.MethodPost, stopping+"stop", "", once).is(202)); again.ID != asked.ID || again.Kind != lockstep.OperationStop {
		t.Errorf("the same key stopped %+v and %+v", asked, again)
	}
	w.do(http.MethodPost, stopping+"stop", "").problem(409, lockstep.CodeConflict, "is being stopped already")
	decode[lockstep.Operation](w.do(http.MethodPost, stopping+"start", "").is(202))
	w.work()
	w.work()
	w.do(http.MethodPost, stopping+"scale", `{"services":{"nobody":1}}`).problem(404, lockstep.CodeNotFound, "nobody")
	if op := decode[lockstep.Operation](w.do(http.MethodPost, stopping+"scale", `{"services":{"backend":2}}`).is(202)); op.Replicas["backend"] != 2 {
		t.Errorf("scale %+v", op)
	}
	w.work()
	w.do(http.MethodPost, stopping+"services/nobody/disable", "").problem(404, lockstep.CodeNotFound, "nobody")
	w.do(http.MethodPost, stopping+"services/backend/enable", "").problem(409, lockstep.CodeConflict, "backend is not disabled")
	for _, how := range []string{"disable", "enable"} {
		op := decode[lockstep.Operation](w.do(http.MethodPost, stopping+"services/backend/"+how, `{"force":true}`).is(202))
		if op.Service != "backend" || string(op.Kind) != how+"_service" {
			t.Errorf("%s %+v", how, op)
		}
		w.work()
	}
	if op := decode[lockstep.Operation](w.do(http.MethodPost, stopping+"maintenance", `{"message":"we move"}`).is(202)); op.Maintenance.Message != "we move" {
		t.Errorf("maintenance %+v", op)
	}
	w.work()
	w.do(http.MethodPost, stopping+"maintenance", `{"until":"2001-01-01T00:00:00Z"}`).problem(422, lockstep.CodeInvalid, "time to come")
	decode[lockstep.Operation](w.do(http.MethodDelete, stopping+"maintenance", "").is(202))
	w.work()

	switching := system + "/environments/switch"
	w.do(http.MethodPost, switching, `{"targetEnvironmentId":"staging"}`).problem(403, lockstep.CodeRefused, "cannot be seen")
	w.sees.agent.Store(true)
	w.do(http.MethodPost, switching, `{"targetEnvironmentId":"production"}`).problem(409, lockstep.CodeConflict, "production is current since", "(epoch 1 now)")
	w.do(http.MethodPost, switching, `{"targetEnvironmentId":"staging"}`).problem(403, lockstep.CodeRefused, "was rolled back in production")
	w.do(http.MethodPost, switching, `{"targetEnvironmentId":"staging","epoch":7}`).problem(409, lockstep.CodeConflict, "at epoch 7")
	options := `{"targetEnvironmentId":"staging","switchedBy":"somebody else","ifCurrent":"production","reason":"the orders are back"}`
	if dry := decode[lockstep.Operation](w.do(http.MethodPost, switching+"?dryRun=true", options).is(200)); len(dry.Steps) != 6 {
		t.Errorf("a dry run %+v", dry)
	}
	unwanted := decode[lockstep.Operation](w.do(http.MethodPost, switching, options).is(202))
	if got := decode[lockstep.Operation](w.do(http.MethodPost, system+"/switches/"+unwanted.ID+"/reject", `{"reason":"not now"}`).is(200)); got.Status != lockstep.StatusCancelled {
		t.Errorf("rejected %+v", got)
	}
	switched := decode[lockstep.Operation](w.do(http.MethodPost, switching, options).is(202))
	if got := decode[lockstep.Operation](w.do(http.MethodPost, system+"/switches/"+switched.ID+"/approve", `{"comment":"go"}`).is(200)); got.Status != lockstep.StatusPending || got.Switch.ApprovedBy != "ana" {
		t.Errorf("approved %+v", got)
	}
	w.do(http.MethodPost, switching, options).problem(409, lockstep.CodeConflict, "asked for by ana", "is under way")
	w.work()
	if r := decode[lockstep.SwitchResult](w.get(system + "/switches/" + switched.ID).is(200)); r.Status != lockstep.SwitchCompleted || r.StartedBy != "ana" || r.From != "production" {
		t.Errorf("switched %+v", r)
	}
	w.get(system+"/switches/"+d.ID).problem(404, lockstep.CodeNotFound, "is no switch")
	w.do(http.MethodPost, system+"/switches/"+d.ID+"/approve", "").problem(404, lockstep.CodeNotFound, "is no switch")
	w.do(http.MethodPost, system+"/switches/"+switched.ID+"/approve", `{"comment":"late"}`).problem(409, lockstep.CodeConflict, "approve of switch "+switched.ID+" (to staging) is refused: it is completed, and was approved by ana")
	w.do(http.MethodPost, system+"/switches/"+switched.ID+"/reject", `{"reason":"late"}`).problem(409, lockstep.CodeConflict, "it is completed")
	if all := decode[control.List[lockstep.SwitchResult]](w.get(system + "/switches").is(200)); len(all.Items) != 2 {
		t.Errorf("switches %+v", all)
	}
	if l := decode[lockstep.Live](w.get(system + "/live").is(200)); l.Environment.Name != "staging" || l.Epoch != 2 || len(l.Others) != 1 || l.Others[0].Environment != "production" {
		t.Errorf("live %+v", l)
	}
	if env := decode[lockstep.Environment](w.do(http.MethodPost, system+"/environments?dryRun=true", `{"name":"qas","template":"preview"}`).is(200)); env.Type != lockstep.TypePreview {
		t.Errorf("created %+v", env)
	}
	if c := decode[control.Cloned](w.do(http.MethodPost, stopping+"clone?dryRun=true", `{"name":"standby"}`).is(200)); c.Environment.Name != "standby" {
		t.Errorf("cloned %+v", c)
	}
	if env := decode[lockstep.Environment](w.do(http.MethodPut, system+"/environments/production", `{"description":"the shop"}`).is(200)); env.Description != "the shop" {
		t.Errorf("updated %+v", env)
	}
	if env := decode[lockstep.Environment](w.do(http.MethodPost, stopping+"tags", `{"set":{"team":"shop"}}`).is(200)); len(env.Metadata.Tags) != 1 {
		t.Errorf("tagged %+v", env)
	}

	decode[lockstep.Operation](w.do(http.MethodPost, stopping+"stop", "").is(202))
	w.work()
	for _, became := range []struct {
		verb string
		want lockstep.EnvironmentStatus
	}{{"archive", lockstep.EnvironmentArchived}, {"unarchive", lockstep.EnvironmentInactive}} {
		if env := decode[lockstep.Environment](w.do(http.MethodPost, stopping+became.verb, "").is(200)); env.Status != became.want {
			t.Errorf("%s: %+v", became.verb, env)
		}
		w.do(http.MethodPost, stopping+became.verb, "").problem(409, lockstep.CodeConflict, became.verb+" of production is refused")
	}

	w.schedules()
	w.syncs(system)
	w.templates()
	w.waitingSteps(system)
	w.secrets(system)
	w.configuration(system)
	w.delivered(system)
	w.dashboard(system)
	w.access(system)

	destroyed := decode[lockstep.Operation](w.do(http.MethodDelete, system+"/environments/staging", "").is(202))
	if got := decode[lockstep.Operation](w.do(http.MethodPost, system+"/operations/"+destroyed.ID+"/cancel", "").is(200)); got.Status != lockstep.StatusCancelled {
		t.Errorf("cancelled %+v", got)
	}
	w.do(http.MethodDelete, system+"/environments/staging", "").is(202)
	w.work()
	w.get(system+"/environments/staging").problem(404, lockstep.CodeNotFound)

	info := decode[api.Info](w.get(system + "/info").is(200))
	if info.Version != "1.2.3" || info.Database != "sqlite" || info.HostID != host || info.Counts.Releases != 2 || info.Counts.Environments != 1 {
		t.Errorf("info %+v", info)
	}
	if missed := w.says.missed(); len(missed) > 0 {
		t.Errorf("of these no answer was held to the document: %v", missed)
	}
}

// waitingSteps are a pause and approvals in the middle of deployments.
func (w *world) waitingSteps(system string) {
	w.Helper()
	for _, tt := range []struct {
		kind             lockstep.StepKind
		verb, body, want string
	}{
		{lockstep.StepPause, "resume", `{"comment":"long enough"}`, "resumed"},
		{lockstep.StepApprove, "approve", `{"comment":"fine","step":1}`, "approved"},
		{lockstep.StepApprove, "reject", `{"reason":"not fine","step":1}`, "rejected"},
	} {
		d := w.deploy("staging", `{"version":"1.0.0","recipe":"careful"}`)
		if d.Recipe == nil || d.Recipe.Steps[1].Inline.Name != "smoke" {
			w.Errorf("recipe %+v", d.Recipe)
		}
		w.workAt(tt.kind, func(id string) {
			at := system + "/deployments/" + id + "/" + tt.verb
			if tt.verb == "resume" { // of two pauses, with one word
				held := decode[lockstep.Deployment](w.do(http.MethodPost, system+"/deployments/"+id+"/pause", `{"reason":"orders look odd"}`).is(200))
				if held.Pause == nil || held.Pause.Before != "after" || held.Pause.Reason != "orders look odd" {
					w.Errorf("pause %+v", held.Pause)
				}
				w.do(http.MethodPost, system+"/deployments/"+id+"/pause", "").problem(409, lockstep.CodeConflict, "was asked for already")
				w.do(http.MethodPost, at, `{"step":7}`).problem(409, lockstep.CodeConflict, "holds before step 2 (after), not at step 7")
				w.do(http.MethodPost, at, tt.body).is(200)
				w.do(http.MethodPost, at, tt.body).problem(409, lockstep.CodeConflict, "its step wait was "+tt.want)
				return
			}
			w.do(http.MethodPost, at, `{"step":2}`).problem(409, lockstep.CodeConflict, "waits at step 1")
			w.do(http.MethodPost, at, tt.body).is(200)
			w.do(http.MethodPost, at, tt.body).problem(409, lockstep.CodeConflict, "its step wait was "+tt.want)
			if op := decode[lockstep.Operation](w.get(system + "/operations/" + id).is(200)); string(op.Decision.Verdict) != tt.want {
				w.Errorf("decision %+v", op.Decision)
			}
		})
	}
}

func TestConflictsAndWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const system = "/api/system"
	staging := w.deploy("staging", `{"version":"1.0.0"}`)
	post := func(path, body string) reply { return w.do(http.MethodPost, system+path, body) }
	put := func(text string, h head) reply { return w.do(http.MethodPut, system+"/matrix?delete=false", text, h) }

	w.get(system+"/environments/prodution").problem(404, lockstep.CodeNotFound, "did you mean production?", `"suggestion":"production"`)
	w.get(system+"/environments/prodution/status").problem(404, lockstep.CodeNotFound, "production")
	w.get(system+"/environments?project=sundays").problem(404, lockstep.CodeNotFound, "sunday")
	w.get(system+"/deployments/nope").problem(404, lockstep.CodeNotFound)
	w.get(system+"/operations/nope").problem(404, lockstep.CodeNotFound)
	w.get(system+"/operations/nope/output").problem(404, lockstep.CodeNotFound)
	w.get(system+"/releases/9").problem(404, lockstep.CodeNotFound)
	post("/environments/staging/deploy", `{"version":"9.9"}`).problem(404, lockstep.CodeNotFound)
	post("/releases", `{"version":"1.0.0"}`).problem(409, lockstep.CodeConflict)
	post("/deployments/"+staging.ID+"/approve", "").problem(409, lockstep.CodeConflict, "does not wait")
	post("/deployments/"+staging.ID+"/rollback", "").problem(409, lockstep.CodeConflict, "cancel it instead")
	post("/environments/production/deploy", `{"version":"1.0.0","strategy":"recreate"}`).problem(403, lockstep.CodeRefused, "allowed: blue_green")
	post("/environments/staging/deploy", `{"version":"1.0.0","recipe":"hasty"}`).problem(422, lockstep.CodeInvalid, "staging has no recipe hasty: use careful")
	post("/deployments/"+staging.ID+"/pause", "").problem(409, lockstep.CodeConflict, "it is pending and has not begun")
	post("/deployments/nope/pause", "").problem(404, lockstep.CodeNotFound)
	post("/deployments/"+staging.ID+"/resume", "").problem(409, lockstep.CodeConflict, "does not pause")

	put(matrixText, nil).problem(428, lockstep.CodePreconditionRequired)
	put(matrixText, head{"If-Match": `"7"`}).problem(412, lockstep.CodeStale)
	gone := strings.Replace(strings.Replace(matrixText, "  staging: {strategy: {recipe: careful}, approvals: {required: true, for: [switch]}}\n", "", 1), "  staging: {primary: recreate, alternatives: [blue_green, custom]}\n", "", 1)
	put(gone, head{"If-Match": `W/"1"`}).problem(409, lockstep.CodeConflict, "staging", "delete")
	p := put("project: sunday\nenvironmints: {}\nservices: 3\n", head{"If-Match": "*"}).problem(422, lockstep.CodeInvalid)
	if len(p.Problems) < 2 || p.Problems[0].Line == 0 || p.Problems[0].Excerpt == "" {
		t.Errorf("problems of a file %+v", p.Problems)
	}
	w.do(http.MethodPut, system+"/matrix?project=monday", matrixText, head{"If-Match": "*"}).problem(422, lockstep.CodeInvalid, "sunday")

	second := w.deploy("staging", `{"version":"1.0.0"}`)
	w.work()
	w.work()
	post("/deployments/"+staging.ID+"/rollback", "").problem(409, lockstep.CodeConflict, "not the latest", second.ID)
	post("/deployments/"+second.ID+"/rollback", `{"to":"ffffffff"}`).problem(404, lockstep.CodeNotFound)
	post("/deployments/"+staging.ID+"/cancel", "").problem(409, lockstep.CodeConflict, "completed")
	w.do(http.MethodDelete, system+"/environments/staging", "").is(202)
	w.do(http.MethodDelete, system+"/environments/staging", "").problem(409, lockstep.CodeConflict, "being destroyed")
}

func TestDryRunsOverHTTP(t *testing.T) {
	t.Parallel()
	w := applied(t)
	before := decode[api.Info](w.get("/api/system/info").is(200)).Counts
	post := func(path, body string) reply { return w.do(http.MethodPost, "/api/system"+path, body) }
	p := decode[control.DeploymentPreview](post("/environments/production/deploy?dryRun=true", `{"version":"1.0.0"}`).is(200))
	if !p.Gate.Allowed || !p.Gate.RequiresApproval || len(p.Plan.Steps) == 0 || p.Deployment.RevisionHash == "" {
		t.Errorf("preview %+v", p)
	}
	p = decode[control.DeploymentPreview](post("/environments/production/deploy?dryRun=true", `{"version":"1.0.0","strategy":"recreate"}`).is(200))
	if p.Gate.Allowed || len(p.Gate.Reasons) != 1 {
		t.Errorf("preview of a refusal %+v", p)
	}
	d := w.deploy("staging", `{"version":"1.0.0"}`)
	w.work()
	p = decode[control.DeploymentPreview](post("/environments/production/promote?dryRun=true", "").is(200))
	if p.Gate.Allowed || p.Deployment.PromotedFrom == nil || p.Gate.Reasons[0].Code != "not_proved" {
		t.Errorf("preview of a promotion %+v", p)
	}
	post("/environments/staging/promote", "").problem(422, lockstep.CodeInvalid, "no stage of the pipeline comes before staging")
	before.Deployments++
	before.Events = decode[api.Info](w.get("/api/system/info").is(200)).Counts.Events
	back := decode[control.DeploymentPreview](post("/deployments/"+d.ID+"/rollback?dryRun=true", "").is(200))
	if back.Gate.Allowed || back.Gate.Reasons[0].Code != "nothing_before" {
		t.Errorf("preview of a rollback %+v", back)
	}
	post("/releases?dryRun=true", `{"version":"3"}`).is(200)
	w.do(http.MethodDelete, "/api/system/environments/staging?dryRun=true", "").is(200)
	changed := strings.Replace(matrixText, "staging: {strategy", "staging: {description: new, strategy", 1)
	if a := decode[control.Applied](w.do(http.MethodPut, "/api/system/matrix?dryRun=true", changed, head{"If-Match": "*"}).is(200)); a.Version != 2 {
		t.Errorf("apply %+v", a)
	}
	// A misspelt one is refused, not carried out.
	post("/environments/staging/deploy?dryrun=true", `{"version":"1.0.0"}`).problem(422, lockstep.CodeInvalid, "dryrun")
	if after := decode[api.Info](w.get("/api/system/info").is(200)).Counts; after != before {
		t.Errorf("counts %+v, want %+v", after, before)
	}
}

func TestAKeyIsAnsweredAlikeOverHTTP(t *testing.T) {
	t.Parallel()
	w := applied(t)
	key := head{"Idempotency-Key": "0f8b"}
	deploy := func(body string) reply {
		return w.do(http.MethodPost, "/api/system/environments/staging/deploy", body, key)
	}
	first := deploy(`{"version":"1.0.0"}`).is(202)
	again := deploy(`{ "version": "1.0.0" }`).is(202)
	if string(first.body) != string(again.body) {
		t.Errorf("%s\n%s", first.body, again.body)
	}
	deploy(`{"version":"latest"}`).problem(409, lockstep.CodeConflict, "Idempotency-Key")
	put := func() reply {
		return w.do(http.MethodPut, "/api/system/matrix", "#\n"+matrixText, head{"If-Match": `"1"`, "Idempotency-Key": "m"}).is(200)
	}
	// Without the key the second one would be stale.
	if a, b := put(), put(); string(a.body) != string(b.body) {
		t.Errorf("%s\n%s", a.body, b.body)
	}
}
