package control

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// TokenRequest asks for a token.
type TokenRequest struct {
	Name    string
	Role    lockstep.Role
	Expires time.Duration // from now on; 0: never
}

// NewToken is the text of a token: the prefix, and 256 bits of chance in
// letters and digits.
func NewToken() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // it never fails
	const digits = 43        // of 256 bits to the base of 62
	text := new(big.Int).SetBytes(raw[:]).Text(62)
	return lockstep.TokenPrefix + strings.Repeat("0", digits-len(text)) + text
}

// CreateToken makes a token. Its text is told here and never again.
func (c *Control) CreateToken(ctx context.Context, by By, req TokenRequest) (lockstep.Token, string, error) {
	if err := c.checkToken(req); err != nil {
		return lockstep.Token{}, "", err
	}
	text, now := NewToken(), c.now()
	t := lockstep.Token{ID: c.newID(), Name: req.Name, Role: req.Role, CreatedAt: now, CreatedBy: by.Actor, Hash: lockstep.HashToken(text)}
	data := map[string]any{"name": t.Name, "role": t.Role}
	if req.Expires > 0 {
		at := now.Add(req.Expires)
		t.ExpiresAt = &at
		data["expiresAt"] = at
	}
	err := c.store.Update(ctx, func(tx Tx) error {
		if was, err := tx.Token(t.Name); err == nil && was.Name == t.Name && was.ExpiresAt != nil && !now.Before(*was.ExpiresAt) {
			if err := tx.RevokeToken(was.ID, by.Actor, now); err != nil { // its name is free again
				return err
			}
		}
		if err := tx.AddToken(t); err != nil {
			return err
		}
		return c.event(tx, lockstep.EventTokenCreated, "", "", "", by, data)
	})
	if err != nil {
		return lockstep.Token{}, "", err
	}
	return t, text, nil
}

func (c *Control) checkToken(req TokenRequest) error {
	if err := lockstep.CheckTokenName(req.Name); err != nil {
		return err
	}
	if c.isAdministrator(req.Name) {
		return lockstep.Errorf(lockstep.CodeConflict, "%s is the name of the administrator's token: choose another one", req.Name)
	}
	if !slices.Contains(lockstep.Roles(), req.Role) {
		return lockstep.Invalid("role", "there is no role %q: use %s", req.Role, roleNames())
	}
	if req.Expires < 0 {
		return lockstep.Invalid("expiresIn", "a token cannot have expired before it is made")
	}
	return nil
}

func roleNames() string {
	var names []string
	for _, r := range lockstep.Roles() {
		names = append(names, string(r))
	}
	last := len(names) - 1
	return fmt.Sprintf("%s or %s", strings.Join(names[:last], ", "), names[last])
}

// Tokens lists the tokens by name; those that are revoked only where they are
// asked for.
func (c *Control) Tokens(ctx context.Context, revoked bool) ([]lockstep.Token, error) {
	sessions := map[lockstep.TokenHash]int{}
	all, err := view(ctx, c, func(tx Tx) ([]lockstep.Token, error) {
		clear(sessions)
		begun, err := tx.Sessions(nil)
		if err != nil {
			return nil, err
		}
		for now := c.now(); len(begun) > 0; begun = begun[1:] {
			if c.lasts(begun[0], now) {
				sessions[begun[0].Token]++
			}
		}
		return tx.Tokens(revoked)
	})
	for i, t := range all {
		all[i].Sessions = sessions[t.Hash]
		stored := time.Time{}
		if t.LastUsedAt != nil {
			stored = *t.LastUsedAt
		}
		if at := c.uses.latest(useOf{token: t.ID}, stored); !at.IsZero() {
			all[i].LastUsedAt = &at
		}
	}
	return all, err
}

// RevokeToken ends a token at once, with every session that was begun with it.
func (c *Control) RevokeToken(ctx context.Context, by By, idOrName string) (lockstep.Token, error) {
	return change(ctx, c, by, "revoke token", idOrName, func(tx Tx) (lockstep.Token, error) {
		if c.isAdministrator(idOrName) {
			return lockstep.Token{}, lockstep.Errorf(lockstep.CodeConflict, "the administrator's token is in a file: remove %q from the data directory and start the server again", "token")
		}
		t, err := tx.Token(idOrName)
		if err != nil || t.RevokedAt != nil {
			return t, err
		}
		now := c.now()
		if err := tx.RevokeToken(t.ID, by.Actor, now); err != nil {
			return t, err
		}
		t.RevokedAt, t.RevokedBy = &now, by.Actor
		return t, c.event(tx, lockstep.EventTokenRevoked, "", "", "", by, map[string]any{"name": t.Name})
	})
}
