package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// switching queues, claims and plans a switch from one environment to another.
func (w *world) switching(from, to lockstep.Environment, drill bool) (*lockstep.Claimed, lockstep.Switch) {
	w.t.Helper()
	p := w.readProject()
	sw := lockstep.Switch{FromID: from.ID, From: from.Name, ToID: to.ID, To: to.Name, Epoch: p.CurrentEpoch, Drill: drill, Reason: "it burns"}
	w.queue(lockstep.OperationSwitch, to, func(op *lockstep.Operation) {
		op.Switch, op.Replicas = &sw, map[string]int{"backend": 2}
		op.Locks = append(op.Locks, lockstep.EnvironmentLock(from.ID), lockstep.LiveLock(p.ID))
	})
	c := w.claim("worker", time.Hour)
	w.plan(c.Lease, "move-traffic")
	return c, sw
}

func (w *world) readProject() (p lockstep.Project) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { p, err = tx.Project("sunday"); return err })
	return p
}

func testSwitches(t *testing.T, w *world) {
	blue, green := w.environment("blue", production), w.environment("green")
	w.completed(blue, "1.0.0")
	w.completed(green, "1.0.0")
	if p := w.readProject(); p.CurrentID != blue.ID || p.CurrentBy != "ada" || p.CurrentSince == nil {
		t.Errorf("after the first deployment: %+v", p)
	}

	c, sw := w.switching(blue, green, false)
	if c.Operation.Switch == nil || !reflect.DeepEqual(*c.Operation.Switch, sw) || c.Operation.Replicas["backend"] != 2 {
		t.Errorf("claimed %+v", c.Operation)
	}
	w.queue(lockstep.OperationStop, blue)
	w.idle() // its lock is the switch's
	newest := w.newest()
	w.record(c.Lease, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusCompleted, Epoch: 7}})
	if p := w.readProject(); p.CurrentID != green.ID || p.CurrentEpoch != 7 || p.CurrentBy != "ada" {
		t.Errorf("switched: %+v", p)
	}
	told := 0
	for _, e := range w.events(newest) {
		if e.Type == lockstep.EventCurrentChanged && e.Data["from"] == blue.ID && e.Data["to"] == green.ID && e.OperationID == c.Operation.ID {
			told++
		}
	}
	if told != 1 {
		t.Errorf("%d events of the change, want 1", told)
	}
	stop := w.claim("worker", time.Hour)
	w.plan(stop.Lease, "stop")
	w.record(stop.Lease, ends(lockstep.StatusCompleted, lockstep.EnvironmentInactive))

	// One that failed after the move has left the address who knows where; its
	// epoch is spent, and the next one is free. A drill changes nothing.
	since := w.readProject().CurrentSince
	c, _ = w.switching(green, blue, false)
	w.record(c.Lease, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusFailed, Epoch: 9}})
	c, _ = w.switching(green, blue, true)
	w.record(c.Lease, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusCompleted}})
	if p := w.readProject(); p.CurrentID != green.ID || p.CurrentEpoch != 10 || p.AdriftID != blue.ID || !p.CurrentSince.Equal(*since) {
		t.Errorf("after one that failed and a drill: %+v", p)
	}
	c, _ = w.switching(green, blue, false)
	w.record(c.Lease, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusFailed}})
	if p := w.readProject(); p.CurrentEpoch != 10 || p.AdriftID != blue.ID {
		t.Errorf("after one that moved nobody: %+v", p)
	}
	c, _ = w.switching(green, blue, false)
	w.record(c.Lease, lockstep.Record{Outcome: &lockstep.Outcome{Status: lockstep.StatusRolledBack, Epoch: 12}})
	if p := w.readProject(); p.CurrentID != green.ID || p.CurrentEpoch != 12 || p.AdriftID != "" {
		t.Errorf("after one that was taken back: %+v", p)
	}

	w.view(func(tx *store.Tx) error {
		page, next, err := tx.Switches(w.project.ID, lockstep.Page{Limit: 2})
		w.must(err)
		if len(page) != 2 || next == "" || page[0].Switch.Drill || len(page[0].Steps) != 1 {
			t.Errorf("switches %+v, then %q", page, next)
		}
		rest, next, err := tx.Switches(w.project.ID, lockstep.Page{Cursor: next})
		w.must(err)
		if len(rest) != 3 || next != "" || !rest[0].Switch.Drill || rest[2].Switch.ToID != green.ID {
			t.Errorf("and then %+v, then %q", rest, next)
		}
		return nil
	})
	w.sound()
}
