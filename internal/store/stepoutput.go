package store

import "github.com/lockstep-dev/lockstep"

// StepOutputs are what the steps of an operation wrote, in their order.
func (tx *Tx) StepOutputs(operation string) ([]lockstep.StepOutput, error) {
	out, err := queryAll(tx, scanStepOutput, `SELECT o.seq, s.name, o.try, o.text, o.missing FROM step_outputs o
  JOIN operation_steps s ON s.operation_id = o.operation_id AND s.seq = o.seq
  WHERE o.operation_id = $1 ORDER BY o.seq, o.try`, operation)
	return out, within(err, "outputs of %s", operation)
}

func scanStepOutput(r row) (o lockstep.StepOutput, err error) {
	err = r.Scan(&o.Seq, &o.Step, &o.Try, &o.Text, &o.Missing)
	return o, err
}

func (tx *Tx) putStepOutput(operation string, o lockstep.StepOutput) error {
	_, err := tx.exec(`INSERT INTO step_outputs (operation_id, seq, try, text, missing) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (operation_id, seq, try) DO UPDATE SET text = excluded.text, missing = excluded.missing`,
		operation, o.Seq, o.Try, o.Text, o.Missing)
	return within(err, "output %d of step %d of %s", o.Try, o.Seq, operation)
}
