package control_test

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

func TestArchive(t *testing.T) {
	t.Parallel()
	w := applied(t)
	archive := func(by control.By) result[lockstep.Environment] {
		return got(w.control.Archive(t.Context(), by, "", "staging"))
	}
	unarchive := func() result[lockstep.Environment] { return got(w.control.Unarchive(t.Context(), ana, "", "staging")) }
	w.deployed("staging", "1.0.0")
	refused(w, archive(ana), lockstep.CodeConflict, "stop it first")
	refused(w, unarchive(), lockstep.CodeConflict, "is not archived")
	must(w, w.tryStop("staging"))
	w.work()

	before := w.newest()
	must(w, archive(control.By{Actor: "ana", DryRun: true}))
	if env := w.environment("staging"); env.Status != lockstep.EnvironmentInactive {
		t.Errorf("a dry run left %+v", env)
	}
	if env := must(w, archive(ana)); env.Status != lockstep.EnvironmentArchived || env.Metadata.ModifiedBy != "ana" {
		t.Errorf("archived %+v", env)
	}
	if events := w.happened(before); len(events) != 1 || events[0].Type != lockstep.EventEnvironmentStatus || events[0].Data["to"] != "archived" {
		t.Errorf("events %+v", events)
	}
	refused(w, archive(ana), lockstep.CodeConflict, "is archived already")
	refused(w, w.tryStart(), lockstep.CodeRefused, "unarchive it first")
	refused(w, w.tryDeploy("staging", lockstep.DeploymentRequest{Version: "1.0.0"}), lockstep.CodeRefused, "unarchive it first")
	refused(w, w.tryScale(ana, map[string]int{"backend": 2}), lockstep.CodeRefused, "unarchive it first")

	if env := must(w, unarchive()); env.Status != lockstep.EnvironmentInactive || env.StoppedAt == nil {
		t.Errorf("unarchived %+v", env)
	}
	must(w, w.tryStart())
	refused(w, archive(ana), lockstep.CodeConflict, "is about to be brought up")
}
