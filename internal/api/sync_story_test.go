package api_test

import (
	"net/http"
	"slices"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// syncs brings a variable of staging to production, and takes it back.
func (w *world) syncs(system string) {
	w.Helper()
	value := "debug"
	up := lockstep.ConfigUpdate{Variables: []lockstep.VariableChange{{Key: "LEVEL", Value: &value}}}
	if _, err := w.control.UpdateConfig(w.Context(), control.By{Actor: "ana"}, "", "staging", up); err != nil {
		w.Fatal(err)
	}
	production, staging := system+"/environments/production/", system+"/environments/staging/"
	diff := decode[lockstep.EnvironmentDiff](w.get(staging + "diff?with=production").is(200))
	if !slices.ContainsFunc(diff.Differences, func(d lockstep.Difference) bool {
		return d.Path == "variables.LEVEL" && d.Class == lockstep.DifferenceUnpromoted && d.Source == value && d.ModifiedBy == "ana"
	}) {
		w.Errorf("differences %+v", diff)
	}
	w.get(staging+"diff").problem(422, lockstep.CodeInvalid)
	w.get(staging+"diff?with=nowhere").problem(404, lockstep.CodeNotFound, "nowhere")

	if plan := decode[lockstep.SyncResult](w.do(http.MethodPost, staging+"sync?dryRun=true", `{"targetEnvironmentId":"production"}`).is(200)); plan.ID != "" || len(plan.Changes) != 1 {
		w.Errorf("plan %+v", plan)
	}
	w.do(http.MethodPost, staging+"sync", `{"syncType":"full"}`).problem(422, lockstep.CodeInvalid, "sourceEnvironmentId")
	w.do(http.MethodPost, staging+"sync", `{"syncType":"both","targetEnvironmentId":"production"}`).problem(501, lockstep.CodeUnsupported, "copies data")
	w.do(http.MethodPost, staging+"sync", `{"syncType":"all","targetEnvironmentId":"production"}`).problem(422, lockstep.CodeInvalid)
	w.do(http.MethodPost, production+"sync", `{"sourceEnvironmentId":"staging","targetVersion":99}`).problem(409, lockstep.CodeConflict, "look at the plan again")

	once := head{"Idempotency-Key": "sync-once"}
	options := `{"syncType":"variables_only","syncedBy":"somebody else","sourceEnvironmentId":"staging","exclude":["*_URL"]}`
	asked := decode[lockstep.SyncResult](w.do(http.MethodPost, production+"sync", options, once).is(202))
	if again := decode[lockstep.SyncResult](w.do(http.MethodPost, production+"sync", options, once).is(202)); again.ID != asked.ID || asked.Status != lockstep.SyncRunning || asked.StartedBy != "ana" {
		w.Errorf("the same key synced %+v and %+v", asked, again)
	}
	w.work()
	done := decode[lockstep.SyncResult](w.get(system + "/syncs/" + asked.ID).is(200))
	if done.Status != lockstep.SyncCompleted || done.NewVersion == 0 || len(done.Changes) != 1 || done.Changes[0].Status != lockstep.ChangeApplied || done.CompletedAt == nil {
		w.Errorf("done %+v", done)
	}
	w.get(system+"/syncs/nothing").problem(404, lockstep.CodeNotFound)
	for _, path := range []string{system + "/syncs", production + "syncs", staging + "syncs?limit=1"} {
		if all := decode[control.List[lockstep.SyncResult]](w.get(path).is(200)); len(all.Items) != 1 || all.Items[0].ID != asked.ID {
			w.Errorf("%s: %+v", path, all)
		}
	}
	if undone := decode[lockstep.SyncResult](w.do(http.MethodPost, system+"/syncs/"+asked.ID+"/undo", "").is(200)); undone.Undone == nil || undone.Undone.By != "ana" {
		w.Errorf("undone %+v", undone)
	}
	w.do(http.MethodPost, system+"/syncs/"+asked.ID+"/undo", "").problem(409, lockstep.CodeConflict, "undone already")
}
