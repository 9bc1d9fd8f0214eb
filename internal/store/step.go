package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectStep = `SELECT seq, phase, name, kind, action, status, attempts, started_at, completed_at, duration, output, error, state, results, warning, ledger FROM operation_steps`

func scanStep(r row) (s lockstep.Step, err error) {
	err = r.Scan(&s.Seq, &s.Phase, &s.Name, &s.Kind, fromJSON(&s.Do), &s.Status, &s.Attempts,
		maybeAt(&s.StartedAt), maybeAt(&s.CompletedAt), asDuration(&s.Duration), &s.Output, fromJSON(&s.Error), fromJSON(&s.State),
		fromJSON(&s.Results), &s.Warning, fromJSON(&s.Ledger))
	return s, err
}

func (tx *Tx) steps(operation string) ([]lockstep.Step, error) {
	return queryAll(tx, scanStep, selectStep+" WHERE operation_id = $1 ORDER BY seq", operation)
}

// addSteps freezes a plan, numbered on from the steps there are.
func (tx *Tx) addSteps(operation string, there int, phase lockstep.Phase, plan []lockstep.Step) error {
	for i, s := range plan {
		if _, err := tx.exec(`INSERT INTO operation_steps (operation_id, seq, phase, name, kind, action, status, attempts, duration, output)
  VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, '')`,
			operation, there+i+1, string(phase), s.Name, string(s.Kind), asJSON(s.Do), string(lockstep.StepPending)); err != nil {
			return within(err, "step %d %s", there+i+1, s.Name)
		}
	}
	return nil
}

// putStep writes what changes while a step runs; what it does stays frozen.
func (tx *Tx) putStep(operation string, s lockstep.Step) error {
	old, err := queryOne(tx, scanStep, selectStep+" WHERE operation_id = $1 AND seq = $2", operation, s.Seq)
	if err != nil {
		return orNotFound(err, "operation %s has no step %d", operation, s.Seq)
	}
	if err := lockstep.StepTransitions.Check("step "+s.Key(operation), old.Status, s.Status); err != nil {
		return err
	}
	_, err = tx.exec(`UPDATE operation_steps SET status = $3, attempts = $4, started_at = $5, completed_at = $6,
    duration = $7, output = $8, error = $9, state = $10, results = $11, warning = $12, ledger = $13 WHERE operation_id = $1 AND seq = $2`,
		operation, s.Seq, string(s.Status), s.Attempts, microsOrNull(s.StartedAt), microsOrNull(s.CompletedAt),
		s.Duration.Std().Milliseconds(), s.Output, orNull(s.Error), textOrNull(s.State),
		jsonUnless(len(s.Results) == 0, s.Results), flag(s.Warning), jsonUnless(len(s.Ledger) == 0, s.Ledger))
	return within(err, "step %s", s.Key(operation))
}

// asDuration scans milliseconds.
func asDuration(dest *lockstep.Duration) scanner {
	return func(src any) error {
		if ms, ok := src.(int64); ok {
			*dest = lockstep.Duration(time.Duration(ms) * time.Millisecond)
		}
		return nil
	}
}
