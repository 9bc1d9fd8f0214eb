package control

import (
	"context"
	"crypto/subtle"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// AccessTx is the tables of who may call in one transaction.
type AccessTx interface {
	Tokens(revoked bool) ([]lockstep.Token, error)               // by name
	Token(idOrName string) (lockstep.Token, error)               // by its ID, or one that is not revoked by its name
	TokenByHash(hash lockstep.TokenHash) (lockstep.Token, error) // revoked or not
	AddToken(lockstep.Token) error                               // conflict where one that is not revoked has its name
	RevokeToken(id, by string, now time.Time) error              // with its sessions and codes; again: stays as it was
	TokenUsed(id string, when time.Time) error

	Session(id lockstep.TokenHash) (lockstep.Session, error)     // expired or not
	Sessions(of *lockstep.TokenHash) ([]lockstep.Session, error) // of a token, or all; some are over
	AddSession(lockstep.Session) error
	SessionUsed(id lockstep.TokenHash, when time.Time) error
	DeleteSession(id lockstep.TokenHash) error
	DeleteSessions(now, idle time.Time) error // expired, or not used since idle; codes too
	AddSignInCode(hash, token lockstep.TokenHash, expires time.Time) error
	SignInCode(hash lockstep.TokenHash, now time.Time) (lockstep.TokenHash, error)     // whose it is; it stays
	TakeSignInCode(hash lockstep.TokenHash, now time.Time) (lockstep.TokenHash, error) // once
}

// How long a session lasts.
const (
	SessionIdle = 12 * time.Hour     // without being used
	SessionLife = 7 * 24 * time.Hour // at most
)

// Identity is whom a request comes from: the holder of a token, or of a
// session that was begun with one.
type Identity struct {
	Name      string
	Role      lockstep.Role
	ExpiresAt *time.Time // of the token, or of the session as it is used now; nil: never

	token   lockstep.TokenHash
	tokenID string // "" of an administrator's
	session *lockstep.TokenHash
}

// HasSession says that somebody has signed in, and did not send a token.
func (i Identity) HasSession() bool { return i.session != nil }

// administrator knows the tokens that are in no database. How long it takes
// says nothing of a token: each is compared, by its hash and in constant time.
func (c *Control) administrator(hash lockstep.TokenHash) (Identity, bool) {
	var found Identity
	for name, known := range c.admins {
		if subtle.ConstantTimeCompare(hash[:], known[:]) == 1 {
			found = Identity{Name: name, Role: lockstep.RoleAdmin, token: hash}
		}
	}
	return found, found.Name != ""
}

func (c *Control) isAdministrator(name string) bool {
	_, is := c.admins[name]
	return is
}

// Identify says whose a token is. It is looked up each time, so that one
// that is revoked ends at once, on every server.
func (c *Control) Identify(ctx context.Context, token string) (Identity, error) {
	hash := lockstep.HashToken(token)
	if who, is := c.administrator(hash); is {
		return who, nil
	}
	who, err := view(ctx, c, func(tx Tx) (Identity, error) { return c.holder(tx, hash) })
	if err == nil {
		c.uses.note(useOf{token: who.tokenID}, c.now())
	}
	return who, err
}

// holder is who has a token that holds.
func (c *Control) holder(tx Tx, hash lockstep.TokenHash) (Identity, error) {
	if who, is := c.administrator(hash); is {
		return who, nil
	}
	t, err := tx.TokenByHash(hash)
	switch {
	case lockstep.CodeOf(err) == lockstep.CodeNotFound:
		return Identity{}, lockstep.Errorf(lockstep.CodeUnauthenticated, "this server does not know that token: see whether all of it is there, or ask for another one")
	case err != nil:
		return Identity{}, err
	case t.RevokedAt != nil:
		return Identity{}, lockstep.Errorf(lockstep.CodeUnauthenticated, "the token %s was revoked on %s by %s: ask for another one", t.Name, day(*t.RevokedAt), t.RevokedBy)
	case t.ExpiresAt != nil && !c.now().Before(*t.ExpiresAt):
		return Identity{}, lockstep.Errorf(lockstep.CodeUnauthenticated, "the token %s expired on %s: ask for another one", t.Name, day(*t.ExpiresAt))
	}
	return Identity{Name: t.Name, Role: t.Role, ExpiresAt: t.ExpiresAt, token: t.Hash, tokenID: t.ID}, nil
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// IdentifySession says who has signed in. The cookie alone is not enough: a
// browser sends it to every port of its host.
func (c *Control) IdentifySession(ctx context.Context, cookie, key string) (Identity, error) {
	id, proof := lockstep.HashToken(cookie), lockstep.HashToken(key)
	who, err := view(ctx, c, func(tx Tx) (Identity, error) {
		s, err := tx.Session(id)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound || err == nil && subtle.ConstantTimeCompare(s.Key[:], proof[:]) != 1 {
			return Identity{}, signInAgain()
		}
		if err != nil {
			return Identity{}, err
		}
		return c.inSession(tx, s)
	})
	if err == nil {
		c.uses.note(useOf{session: id}, c.now())
	}
	return who, err
}

func signInAgain() error {
	return lockstep.Errorf(lockstep.CodeUnauthenticated, "you are not signed in, or not any more: sign in again (`lockstep dashboard` prints an address for it)")
}

// inSession is who a session is of, while it lasts.
func (c *Control) inSession(tx Tx, s lockstep.Session) (Identity, error) {
	now := c.now()
	if !c.lasts(s, now) {
		return Identity{}, signInAgain()
	}
	who, err := c.holder(tx, s.Token)
	if lockstep.CodeOf(err) == lockstep.CodeUnauthenticated {
		return Identity{}, signInAgain()
	}
	if err != nil {
		return Identity{}, err
	}
	who.session, who.ExpiresAt = &s.ID, earliest(s.ExpiresAt, now.Add(SessionIdle), who.ExpiresAt)
	return who, nil
}

func earliest(a, b time.Time, c *time.Time) *time.Time {
	if b.Before(a) {
		a = b
	}
	if c != nil && c.Before(a) {
		a = *c
	}
	return &a
}

// StillKnown asks again for somebody whose request lasts. It is a use: a
// screen that is open is looked at.
func (c *Control) StillKnown(ctx context.Context, who Identity) error {
	if _, is := c.administrator(who.token); is && who.session == nil {
		return nil
	}
	_, err := view(ctx, c, func(tx Tx) (Identity, error) {
		if who.session == nil {
			return c.holder(tx, who.token)
		}
		s, err := tx.Session(*who.session)
		if lockstep.CodeOf(err) == lockstep.CodeNotFound {
			return Identity{}, signInAgain()
		}
		if err != nil {
			return Identity{}, err
		}
		return c.inSession(tx, s)
	})
	if err != nil {
		return err
	}
	if who.session != nil {
		c.uses.note(useOf{session: *who.session}, c.now())
	} else {
		c.uses.note(useOf{token: who.tokenID}, c.now())
	}
	return nil
}
