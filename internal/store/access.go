package store

import (
	"encoding/hex"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectToken = `SELECT id, name, role, hash, created_at, created_by, last_used_at, expires_at, revoked_at, revoked_by FROM access_tokens`

func scanToken(r row) (t lockstep.Token, err error) {
	return t, r.Scan(&t.ID, &t.Name, &t.Role, hashed(&t.Hash), at(&t.CreatedAt), &t.CreatedBy,
		maybeAt(&t.LastUsedAt), maybeAt(&t.ExpiresAt), maybeAt(&t.RevokedAt), &t.RevokedBy)
}

func hashed(dest *lockstep.TokenHash) scanner {
	return func(src any) error {
		text, ok := src.(string)
		if raw, isRaw := src.([]byte); isRaw {
			text, ok = string(raw), true
		}
		raw, err := hex.DecodeString(text)
		if !ok || err != nil || len(raw) != len(dest) {
			return fmt.Errorf("a hash is stored as something else")
		}
		copy(dest[:], raw)
		return nil
	}
}

// Tokens lists the tokens by name, without those that are revoked unless
// these are asked for too.
func (tx *Tx) Tokens(revoked bool) ([]lockstep.Token, error) {
	where := " WHERE revoked_at IS NULL"
	if revoked {
		where = ""
	}
	all, err := queryAll(tx, scanToken, selectToken+where+" ORDER BY name, created_at, id")
	return all, within(err, "list tokens")
}

// Token finds a token by its ID, or one that is not revoked by its name.
func (tx *Tx) Token(idOrName string) (lockstep.Token, error) {
	t, err := queryOne(tx, scanToken, selectToken+" WHERE id = $1 OR name = $1 AND revoked_at IS NULL ORDER BY CASE WHEN id = $1 THEN 0 ELSE 1 END"+tx.lockRow("access_tokens"), idOrName)
	return t, orNotFound(err, "token %q does not exist: lockstep token list shows those that do", idOrName)
}

// TokenByHash finds a token, revoked or not, by the hash of what is sent.
func (tx *Tx) TokenByHash(hash lockstep.TokenHash) (lockstep.Token, error) {
	t, err := queryOne(tx, scanToken, selectToken+" WHERE hash = $1", hash.String())
	return t, orNotFound(err, "there is no such token")
}

// AddToken adds a token; its name is that of no other one that is not revoked.
func (tx *Tx) AddToken(t lockstep.Token) error {
	_, err := tx.exec(`INSERT INTO access_tokens (id, name, role, hash, created_at, created_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		t.ID, t.Name, string(t.Role), t.Hash.String(), micros(t.CreatedAt), t.CreatedBy, microsOrNull(t.ExpiresAt))
	return tx.refused(err, fmt.Sprintf("token %q", t.Name), "exists already: revoke it first, or choose another name", "belongs to nothing")
}

// RevokeToken ends a token, and with it its sessions and codes. A second time
// changes nothing.
func (tx *Tx) RevokeToken(id, by string, now time.Time) error {
	_, err := tx.exec("UPDATE access_tokens SET revoked_at = $2, revoked_by = $3 WHERE id = $1 AND revoked_at IS NULL", id, micros(now), by)
	for _, table := range []string{"sessions", "sign_in_codes"} {
		if err == nil {
			_, err = tx.exec("DELETE FROM "+table+" WHERE token_hash = (SELECT t.hash FROM access_tokens t WHERE t.id = $1)", id)
		}
	}
	return within(err, "revoke token %s", id)
}

// TokenUsed notes when a token was used last; an earlier time changes nothing.
func (tx *Tx) TokenUsed(id string, when time.Time) error {
	_, err := tx.exec("UPDATE access_tokens SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)", id, micros(when))
	return within(err, "token %s", id)
}
