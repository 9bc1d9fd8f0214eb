package store

import (
	"time"

	"github.com/lockstep-dev/lockstep"
)

func scanSession(r row) (s lockstep.Session, err error) {
	return s, r.Scan(hashed(&s.ID), hashed(&s.Key), hashed(&s.Token), at(&s.CreatedAt), at(&s.LastUsedAt), at(&s.ExpiresAt))
}

const selectSession = "SELECT id, key_hash, token_hash, created_at, last_used_at, expires_at FROM sessions"

// Session reads the session of a cookie, expired or not.
func (tx *Tx) Session(id lockstep.TokenHash) (lockstep.Session, error) {
	s, err := queryOne(tx, scanSession, selectSession+" WHERE id = $1", id.String())
	return s, orNotFound(err, "there is no such session")
}

// Sessions lists those that were begun with a token, or all, expired or not;
// what was not used for longest is first.
func (tx *Tx) Sessions(of *lockstep.TokenHash) ([]lockstep.Session, error) {
	query, args := selectSession, []any(nil)
	if of != nil {
		query, args = query+" WHERE token_hash = $1", []any{of.String()}
	}
	all, err := queryAll(tx, scanSession, query+" ORDER BY last_used_at, created_at, id", args...)
	return all, within(err, "list sessions")
}

// AddSession adds a session.
func (tx *Tx) AddSession(s lockstep.Session) error {
	_, err := tx.exec("INSERT INTO sessions (id, key_hash, token_hash, created_at, last_used_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)",
		s.ID.String(), s.Key.String(), s.Token.String(), micros(s.CreatedAt), micros(s.LastUsedAt), micros(s.ExpiresAt))
	return within(err, "begin a session")
}

// SessionUsed notes when a session was used last; an earlier time changes
// nothing.
func (tx *Tx) SessionUsed(id lockstep.TokenHash, when time.Time) error {
	_, err := tx.exec("UPDATE sessions SET last_used_at = $2 WHERE id = $1 AND last_used_at < $2", id.String(), micros(when))
	return within(err, "note the use of a session")
}

// DeleteSession ends a session; one that is over is no mistake.
func (tx *Tx) DeleteSession(id lockstep.TokenHash) error {
	_, err := tx.exec("DELETE FROM sessions WHERE id = $1", id.String())
	return within(err, "end a session")
}

// DeleteSessions removes the sessions that are over at a time: past their
// end, or not used since idle.
func (tx *Tx) DeleteSessions(now, idle time.Time) error {
	_, err := tx.exec("DELETE FROM sessions WHERE expires_at <= $1 OR last_used_at <= $2", micros(now), micros(idle))
	if err == nil {
		_, err = tx.exec("DELETE FROM sign_in_codes WHERE expires_at <= $1", micros(now))
	}
	return within(err, "remove sessions that are over")
}

// AddSignInCode keeps the hash of a code that signs in once, as token.
func (tx *Tx) AddSignInCode(hash, token lockstep.TokenHash, expires time.Time) error {
	_, err := tx.exec("INSERT INTO sign_in_codes (hash, token_hash, expires_at) VALUES ($1, $2, $3)", hash.String(), token.String(), micros(expires))
	return within(err, "keep a sign-in code")
}

// SignInCode says as whom a code signs in, and leaves it. One that is unknown,
// used or expired is lockstep.CodeNotFound.
func (tx *Tx) SignInCode(hash lockstep.TokenHash, now time.Time) (lockstep.TokenHash, error) {
	token, err := queryOne(tx, func(r row) (t lockstep.TokenHash, err error) { return t, r.Scan(hashed(&t)) },
		"SELECT token_hash FROM sign_in_codes WHERE hash = $1 AND expires_at > $2", hash.String(), micros(now))
	return token, orNotFound(err, "there is no such sign-in code")
}

// TakeSignInCode uses a code up and says as whom it signs in. One that is
// unknown, used or expired is lockstep.CodeNotFound.
func (tx *Tx) TakeSignInCode(hash lockstep.TokenHash, now time.Time) (lockstep.TokenHash, error) {
	token, err := queryOne(tx, func(r row) (t lockstep.TokenHash, err error) { return t, r.Scan(hashed(&t)) },
		"DELETE FROM sign_in_codes WHERE hash = $1 AND expires_at > $2 RETURNING token_hash", hash.String(), micros(now))
	return token, orNotFound(err, "there is no such sign-in code")
}
