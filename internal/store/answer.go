package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

// answersFor is how long an answer is found again.
const answersFor = 24 * time.Hour

func scanAnswer(r row) (a lockstep.Answer, err error) {
	err = r.Scan(&a.Actor, &a.Key, &a.Request, &a.Body, at(&a.CreatedAt))
	a.Body = nilIfEmpty(a.Body)
	return a, err
}

// Answer reads what an Idempotency-Key was answered; CodeNotFound where it
// was not used within the last day.
func (tx *Tx) Answer(actor, key string) (lockstep.Answer, error) {
	a, err := queryOne(tx, scanAnswer, `SELECT actor, key, request_hash, body, created_at FROM idempotency_keys
  WHERE actor = $1 AND key = $2 AND created_at > $3`, actor, key, micros(tx.now().Add(-answersFor)))
	return a, orNotFound(err, "idempotency key %q has not been used", key)
}

// AddAnswer keeps an answer. A key that has one is a conflict: of two
// requests at once one commits, and the other finds its answer when it tries
// again.
func (tx *Tx) AddAnswer(a lockstep.Answer) error {
	n, err := tx.exec(`INSERT INTO idempotency_keys (actor, key, request_hash, body, created_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (actor, key) DO UPDATE SET request_hash = excluded.request_hash, body = excluded.body, created_at = excluded.created_at
  WHERE idempotency_keys.created_at <= $6`,
		a.Actor, a.Key, a.Request, notNil(a.Body), micros(a.CreatedAt), micros(tx.now().Add(-answersFor)))
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeConflict, "idempotency key %q has an answer already", a.Key)
	}
	return within(err, "idempotency key %q", a.Key)
}
