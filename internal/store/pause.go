package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// SetPause asks an operation to hold, or with nil to go on. That it may be
// asked, the caller has seen in the same transaction.
func (tx *Tx) SetPause(id string, pause *lockstep.RequestedPause) error {
	n, err := tx.exec("UPDATE operations SET pause = $2 WHERE id = $1", id, orNull(pause))
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeNotFound, "operation %s does not exist", id)
	}
	return within(err, "operation %s", id)
}

// hold notes that an operation holds, and gives back what nobody needs
// meanwhile. Who asked for it may have taken that back by now.
func (tx *Tx) hold(op lockstep.Operation, h lockstep.Hold, now time.Time) error {
	p := op.Pause
	if p == nil || p.HeldSince != nil {
		return nil
	}
	since := wholeMicros(now)
	p.HeldSince, p.Step, p.Before = &since, h.Step, h.Name
	if err := tx.SetPause(op.ID, p); err != nil {
		return err
	}
	if err := tx.endWait(op); err != nil {
		return err
	}
	tx.events = append(tx.events, lockstep.Event{
		At: now, Type: lockstep.EventOperationPaused, ProjectID: op.ProjectID, EnvironmentID: op.EnvironmentID, OperationID: op.ID,
		Data: map[string]any{"step": h.Name, "seq": h.Step},
	})
	return tx.dropLocks(op, h.Frees)
}

// forgetWaits ends what only holds up the forward phase.
func (tx *Tx) forgetWaits(id string) error {
	_, err := tx.exec("UPDATE operations SET pause = NULL, waits = NULL WHERE id = $1", id)
	return within(err, "operation %s", id)
}
