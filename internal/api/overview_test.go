package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

type history = control.List[lockstep.HistoryEntry]

// dashboard holds what the pages are made of to the document.
func (w *world) dashboard(system string) {
	w.Helper()
	w.get(system + "/overview").is(200)
	w.get(system + "/history").is(200)
	w.get(system + "/approvals").is(200)
	weak := decode[lockstep.SecurityReport](w.get(system + "/environments/staging/security").is(200))
	if len(weak.Checks) == 0 || len(weak.Counts) != len(lockstep.Severities()) {
		w.Errorf("security %+v", weak)
	}
	w.get(system + "/releases/1.1.0/diff?with=1.0.0").is(200)
	w.get(system + "/environments/staging/map").is(200)
	made := decode[deployments](w.get(system + "/deployments?limit=1").is(200))
	w.get(system + "/deployments/" + made.Items[0].ID + "/progress").is(200)
}

func texts(h history) []string {
	var out []string
	for _, e := range h.Items {
		out = append(out, e.Text)
	}
	return out
}

func TestTheHistoryTellsWhatHappened(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const system = "/api/system"
	d := w.deploy("staging", `{"version":"1.0.0"}`)
	open := decode[history](w.get(system + "/history?kind=deployment").is(200))
	if len(open.Items) != 1 || open.Items[0].Text != "Deployment of 1.0.0 to staging waits for its turn" || open.Items[0].Result != lockstep.ResultWaiting {
		t.Errorf("open %+v", open.Items)
	}
	w.work()
	waits := w.deploy("production", `{"version":"1.0.0"}`)
	w.do(http.MethodPost, system+"/deployments/"+waits.ID+"/reject", `{"reason":"not on a Friday"}`).is(200)
	all := decode[history](w.get(system + "/history?limit=200").is(200))
	got := texts(all)
	for _, want := range []string{"Deployed 1.0.0 to staging", "Deployment of 1.0.0 to production was cancelled", "Created release 1.0.0", "Created production", "Applied version 1 of the matrix (2 created)"} {
		if !slices.Contains(got, want) {
			t.Errorf("the history does not tell %q: %q", want, got)
		}
	}
	if slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, "waits for") }) {
		t.Errorf("what has ended is told as waiting: %q", got)
	}
	i := slices.IndexFunc(all.Items, func(e lockstep.HistoryEntry) bool { return e.OperationID == d.ID })
	if e := all.Items[i]; e.Actor != "ana" || e.Result != lockstep.ResultSuccess || e.Environment != "staging" || e.Kind != lockstep.HistoryDeployment || e.Duration == nil || e.Strategy != lockstep.StrategyRecreate {
		t.Errorf("the deployment is told as %+v", e)
	}
	i = slices.IndexFunc(all.Items, func(e lockstep.HistoryEntry) bool { return e.OperationID == waits.ID })
	if e := all.Items[i]; e.Result != lockstep.ResultCancelled || !strings.Contains(e.Reason, "not on a Friday") {
		t.Errorf("the rejected one is told as %+v", e)
	}

	var paged []string
	for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
		page := decode[history](w.get(system + "/history?limit=3&cursor=" + cursor).is(200))
		paged, cursor = append(paged, texts(page)...), page.NextCursor
	}
	if !slices.Equal(paged, got) {
		t.Errorf("in pages %q, at once %q", paged, got)
	}
	for query, want := range map[string]string{
		"?kind=release": "Created release 1.0.0", "?environment=staging&kind=deployment": "Deployed 1.0.0 to staging",
		"?actor=ana&kind=release": "Created release 1.0.0",
	} {
		if got := texts(decode[history](w.get(system + "/history" + query).is(200))); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q", query, got)
		}
	}
	if got := decode[history](w.get(system + "/history?actor=bo").is(200)); len(got.Items) != 0 {
		t.Errorf("bo did %q", texts(got))
	}
	w.get(system+"/history?kind=gossip").problem(422, lockstep.CodeInvalid, "kind")
	w.get(system+"/history?cursor=bm8").problem(422, lockstep.CodeInvalid, "cursor")
}

func TestTheOverviewIsOneRequest(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const system = "/api/system"
	w.deploy("staging", `{"version":"1.0.0"}`)
	w.work()
	d := w.deploy("production", `{"version":"1.0.0","description":"orders"}`)
	o := decode[lockstep.Overview](w.get(system + "/overview").is(200))
	if o.Project != "sunday" || !slices.Equal(o.Pipeline, []string{"staging", "production"}) || len(o.Environments) != 2 || o.Live.EnvironmentID != "" {
		t.Fatalf("overview %+v", o)
	}
	staging, production := o.Environments[0], o.Environments[1]
	if staging.Name != "staging" || staging.Stage != 1 || staging.Version != "1.0.0" || staging.Role != lockstep.RoleStage || staging.LastActivity == nil || staging.LastActivity.Text != "Deployed 1.0.0 to staging" {
		t.Errorf("staging %+v %+v", staging, staging.LastActivity)
	}
	if production.Behind == nil || production.Behind.Releases != 1 || production.Approvals != 1 || production.Operation == nil || production.Operation.ID != d.ID || production.Version != "" {
		t.Errorf("production %+v", production)
	}
	if len(o.Approvals) != 1 || o.Counts.Approvals != 1 || o.Counts.Active != 1 || o.Counts.Environments != 2 || len(o.Recent) == 0 {
		t.Errorf("counts %+v, recent %d", o.Counts, len(o.Recent))
	}
	if a := o.Approvals[0]; a.OperationID != d.ID || a.Text != "deployment of 1.0.0 to production" || a.AskedBy != "ana" || !a.MayApprove || a.Description != "orders" || a.RevisionHash == "" {
		t.Errorf("approval %+v", a)
	}
	w.do(http.MethodPost, system+"/deployments/"+d.ID+"/approve", "").is(200)
	w.work()
	o = decode[lockstep.Overview](w.get(system + "/overview").is(200))
	if live := o.Environments[1]; o.Live.Environment != "production" || o.Live.Epoch != 1 || !live.Current || live.Role != lockstep.RoleLive || len(o.Approvals) != 0 {
		t.Errorf("live %+v, %+v", o.Live, live)
	}
	w.get(system+"/overview?project=sundays").problem(404, lockstep.CodeNotFound, "sunday")
}

func TestApprovalsAreOfDeploymentsTheirStepsAndSwitches(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const system = "/api/system"
	approvals := func(query string) []lockstep.Approval {
		t.Helper()
		return decode[control.List[lockstep.Approval]](w.get(system + "/approvals" + query).is(200)).Items
	}
	if got := approvals(""); len(got) != 0 {
		t.Fatalf("nothing waits: %+v", got)
	}
	w.deploy("staging", `{"version":"1.0.0","recipe":"careful"}`)
	w.workAt(lockstep.StepApprove, func(id string) {
		got := approvals("")
		if len(got) != 1 || got[0].OperationID != id || got[0].Step != 1 || got[0].Until == nil || !got[0].MayApprove || !strings.Contains(got[0].WaitsFor, "wait") {
			t.Errorf("at a step: %+v", got)
		}
		if other := approvals("?environment=production"); len(other) != 0 {
			t.Errorf("of production: %+v", other)
		}
		w.do(http.MethodPost, system+"/deployments/"+id+"/approve", "").is(200)
		if got := approvals(""); len(got) != 0 {
			t.Errorf("it is approved: %+v", got)
		}
	})
	w.sees.agent.Store(true)
	op := decode[lockstep.Operation](w.do(http.MethodPost, system+"/environments/switch", `{"targetEnvironmentId":"staging","reason":"we move"}`).is(202))
	if got := approvals("?environment=staging"); len(got) != 1 || got[0].OperationID != op.ID || got[0].Kind != lockstep.OperationSwitch || got[0].Reason != "we move" || got[0].Text != "switch to staging" {
		t.Errorf("a switch: %+v", got)
	}
}

func TestReleasesSayWhereTheyRunAndInWhatTheyDiffer(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const system = "/api/system"
	w.deploy("staging", `{"version":"1.0.0"}`)
	w.work()
	w.do(http.MethodPost, system+"/releases", `{"version":"1.1.0","notes":"faster"}`).is(201)
	w.do(http.MethodPost, system+"/releases", `{"version":"2.0.0","notes":"new","services":[{"name":"backend","command":["./backend","-v"],"routes":["/api"]},{"name":"search","command":["./search"],"routes":null}]}`).is(201)
	all := decode[control.List[lockstep.Release]](w.get(system + "/releases").is(200)).Items
	if runs := all[2].RunsIn; len(runs) != 1 || runs[0].Environment != "staging" || runs[0].Since == nil || runs[0].Current || len(all[0].RunsIn) != 0 {
		t.Errorf("1.0.0 runs in %+v", runs)
	}
	d := decode[lockstep.ReleaseDiff](w.get(system + "/releases/2.0.0/diff?with=1.0.0").is(200))
	if d.From.Version != "1.0.0" || d.To.Version != "2.0.0" || len(d.Releases) != 2 || d.Releases[1].Notes != "faster" || len(d.Services) != 3 {
		t.Fatalf("difference %+v", d)
	}
	for i, want := range []lockstep.ServiceChange{lockstep.ServiceChanged, lockstep.ServiceRemoved, lockstep.ServiceAdded} {
		if d.Services[i].Change != want {
			t.Errorf("%s is %s, want %s", d.Services[i].Name, d.Services[i].Change, want)
		}
	}
	if c := d.Services[0].Changes; len(c) != 1 || c[0].Path != "command" || c[0].Type != lockstep.ConfigModify || d.Services[0].Artifact {
		t.Errorf("changes of the backend %+v", c)
	}
	w.get(system+"/releases/9/diff?with=1.0.0").problem(404, lockstep.CodeNotFound)
	w.get(system + "/releases/2.0.0/diff").is(422)
}

func TestAStatusCountsVariablesAndHasTheSettings(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const staging = "/api/system/environments/staging"
	w.do(http.MethodPut, staging+"/config", `{"general":{"timezone":"Asia/Jakarta","debugMode":true},
		"variables":{"A":"1","B":{"value":"x","type":"secret"},"C":{"required":true}}}`, head{"If-Match": "*"}).is(200)
	s := decode[lockstep.StatusReport](w.get(staging + "/status").is(200))
	if want := (lockstep.VariableCounts{Total: 3, Public: 2, Sensitive: 1, Required: 1, Missing: 1}); s.VariableCounts != want {
		t.Errorf("counts %+v, want %+v", s.VariableCounts, want)
	}
	if want := (lockstep.GeneralSettings{Type: lockstep.TypeStaging, TimeZone: "Asia/Jakarta", DebugMode: true}); s.Settings != want {
		t.Errorf("settings %+v, want %+v", s.Settings, want)
	}
}

// What a dialog shows before its button is live.
func TestADestructionIsPlannedBeforeItIsAskedFor(t *testing.T) {
	t.Parallel()
	w := applied(t)
	const staging = "/api/system/environments/staging"
	dry := decode[lockstep.Operation](w.do(http.MethodDelete, staging+"?dryRun=true", "").is(200))
	if n := len(dry.Steps); n == 0 || dry.Steps[n-1].Kind != lockstep.StepRemove {
		t.Errorf("a dry run %+v", dry.Steps)
	}
	w.get(staging).is(200)
	if open := decode[control.List[lockstep.Operation]](w.get("/api/system/operations").is(200)); len(open.Items) != 0 {
		t.Errorf("a dry run left %+v", open.Items)
	}
}

func TestTheMapShowsWhoNeedsWhom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(http.MethodPut, "/api/system/matrix", `
project: sunday
services:
  backend: {command: [./backend], routes: [/api], env: {DB: "postgres://db.example:5432/orders", OTHER: "postgres://db.example:5433/x"}}
  worker: {command: [./worker], routes: []}
  frontend: {command: [./frontend], dependsOn: [backend]}
environments:
  staging: {databases: {primary: {endpoint: "postgres://db.example:5432"}}}
`, head{"If-Match": "*"}).is(200)
	w.do(http.MethodPost, "/api/system/releases", `{"version":"1.0.0"}`).is(201)
	w.deploy("staging", `{"version":"1.0.0"}`)
	w.work()
	m := decode[lockstep.EnvironmentMap](w.get("/api/system/environments/staging/map").is(200))
	var names []string
	for _, n := range m.Nodes {
		names = append(names, n.Name)
	}
	if len(names) != 5 || names[0] != lockstep.MapUsers || names[1] != "backend" || m.Nodes[1].Version != "1.0.0" || m.Nodes[4].Type != lockstep.ServiceDatabase {
		t.Fatalf("nodes %+v", m.Nodes)
	}
	var edges []string
	for _, e := range m.Edges {
		edges = append(edges, e.From+" "+string(e.Kind)+" "+e.To+" "+e.Label)
	}
	want := []string{"users route backend /api", "backend uses " + names[4] + " DB", "users route frontend /", "frontend depends_on backend "}
	if !slices.Equal(edges, want) {
		t.Errorf("edges %q, want %q", edges, want)
	}
}
