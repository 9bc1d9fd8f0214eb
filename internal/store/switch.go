package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// concludeSwitch makes the target of a switch the current environment. That
// the project still is where the switch began is sure: it holds the live lock.
func (tx *Tx) concludeSwitch(op lockstep.Operation, out lockstep.Outcome, now time.Time) error {
	if op.Switch == nil || op.Switch.Drill {
		return nil
	}
	p, err := tx.projectByID(op.ProjectID)
	if err != nil {
		return err
	}
	moved := lockstep.Event{At: now, EnvironmentID: op.Switch.ToID, OperationID: op.ID, Actor: op.CreatedBy}
	if out.Status == lockstep.StatusCompleted {
		return tx.moveCurrent(p, op.Switch.ToID, op.CreatedBy, out.Epoch, moved)
	}
	if out.Epoch == 0 {
		return nil // it has moved nobody
	}
	switch {
	case out.Status == lockstep.StatusFailed:
		// Where users are nobody knows. The epoch after it is kept free: with
		// the one that the target was given nobody else could route again.
		p.AdriftID, out.Epoch = op.Switch.ToID, out.Epoch+1
	case op.Switch.FromID != "":
		p.AdriftID = ""
	}
	if _, err := tx.exec("UPDATE projects SET current_epoch = $2, adrift_environment_id = $3 WHERE id = $1", p.ID, max(p.CurrentEpoch, out.Epoch), p.AdriftID); err != nil {
		return within(err, "epoch of project %s", p.Name)
	}
	return tx.voidSwitches("project_id", p.ID, "", moved)
}

// anchor ends what is not known of a live address: the deployment that was
// forced has taken it, or the environment is gone that it may have led to.
func (tx *Tx) anchor(p lockstep.Project) error {
	if p.AdriftID == "" {
		return nil
	}
	_, err := tx.exec("UPDATE projects SET adrift_environment_id = NULL WHERE id = $1", p.ID)
	return within(err, "project %s", p.Name)
}

// voidSwitches cancels those that wait for an approval which would be one of
// something else by now: the address has moved, or another revision than keep
// runs in the target.
func (tx *Tx) voidSwitches(column, id, keep string, because lockstep.Event) error {
	all, err := queryAll(tx, scanOperation, selectOperation+" WHERE o."+column+` = $1 AND o.live_switch IS NOT NULL AND o.status = 'pending_approval'
  ORDER BY o.id`+tx.lockRow("o"), id)
	if err != nil {
		return within(err, "switches that wait for an approval")
	}
	for _, op := range all {
		if keep != "" && op.Switch.RevisionID == keep {
			continue
		}
		text := "the live address has moved since this was asked for: switch again"
		if keep != "" {
			text = "another revision runs in " + op.Switch.To + " since this was asked for: switch again"
		}
		why := &lockstep.OperationError{Code: lockstep.CodeStale, Message: text, Timestamp: wholeMicros(because.At)}
		if err := tx.move(op, lockstep.StatusCancelled, because.At, why); err != nil {
			return err
		}
		ended := finished(op, lockstep.StatusCancelled, why, because.At)
		ended.Actor = because.Actor
		tx.events = append(tx.events, ended)
	}
	return nil
}

// ApproveSwitch notes who approved one that waits for that.
func (tx *Tx) ApproveSwitch(id, by string) error {
	o, err := tx.operationRow(id)
	if err != nil {
		return err
	}
	if o.Switch == nil || o.Status != lockstep.StatusPendingApproval {
		return lockstep.Errorf(lockstep.CodeConflict, "operation %s is %s and no switch that waits for an approval", id, o.Status)
	}
	o.Switch.ApprovedBy = by
	_, err = tx.exec("UPDATE operations SET live_switch = $2 WHERE id = $1", id, asJSON(o.Switch))
	return within(err, "operation %s", id)
}

// WaitingSwitches are a project's that wait for an approval, the oldest first
// and without steps: they have none.
func (tx *Tx) WaitingSwitches(projectID string) ([]lockstep.Operation, error) {
	all, err := queryAll(tx, scanOperation, selectOperation+` WHERE o.project_id = $1 AND o.live_switch IS NOT NULL AND o.status = 'pending_approval'
  ORDER BY o.id`, projectID)
	return all, within(err, "switches that wait for an approval")
}

// OpenSwitch is a project's switch that waits for its turn, or runs; nil where
// there is none. One that waits for an approval is in nobody's way.
func (tx *Tx) OpenSwitch(projectID string) (*lockstep.Operation, error) {
	all, err := queryAll(tx, scanOperation, selectOperation+` WHERE o.project_id = $1 AND o.live_switch IS NOT NULL AND o.completed_at IS NULL AND o.status <> 'pending_approval'
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
