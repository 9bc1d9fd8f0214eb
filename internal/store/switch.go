package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// concludeSwitch makes the target of a switch the current environment. That
// the project still is where the switch began is sure: it holds the live lock.
func (tx *Tx) concludeSwitch(op lockstep.Operation, out lockstep.Outcome, now time.Time) error {
	if out.Status != lockstep.StatusCompleted || op.Switch == nil || op.Switch.Drill {
		return tx.raiseEpoch(op.ProjectID, out.Epoch)
	}
	p, err := tx.projectByID(op.ProjectID)
	if err != nil {
		return err
	}
	return tx.moveCurrent(p, op.Switch.ToID, op.CreatedBy, out.Epoch, lockstep.Event{At: now, EnvironmentID: op.Switch.ToID, OperationID: op.ID, Actor: op.CreatedBy})
}

// OpenSwitch is a project's switch that waits or runs; nil where there is none.
func (tx *Tx) OpenSwitch(projectID string) (*lockstep.Operation, error) {
	all, err := queryAll(tx, scanOperation, selectOperation+` WHERE o.project_id = $1 AND o.live_switch IS NOT NULL AND o.completed_at IS NULL
  ORDER BY o.id LIMIT 1`+tx.lockRow("o"), projectID)
	if err != nil || len(all) == 0 {
		return nil, within(err, "open switch")
	}
	return &all[0], nil
}

// Switches lists a project's switches, the newest first, with their steps.
func (tx *Tx) Switches(projectID string, page lockstep.Page) ([]lockstep.Operation, string, error) {
	limit, err := limitOf(page)
	if err != nil {
		return nil, "", err
	}
	before, err := cursorText(page.Cursor)
	if err != nil {
		return nil, "", err
	}
	// IDs grow with time.
	all, err := queryAll(tx, scanOperation, selectOperation+` WHERE o.project_id = $1 AND o.live_switch IS NOT NULL AND ($2 = '' OR o.id < $2)
  ORDER BY o.id DESC LIMIT $3`, projectID, before, limit+1)
	if err != nil {
		return nil, "", within(err, "list switches")
	}
	all, more := cut(all, limit)
	for i := range all {
		if all[i].Steps, err = tx.steps(all[i].ID); err != nil {
			return nil, "", within(err, "list switches")
		}
	}
	if !more {
		return all, "", nil
	}
	return all, encodeCursor(all[len(all)-1].ID), nil
}
