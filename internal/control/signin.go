package control

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// codeLife is for how long a sign-in code can be used.
const codeLife = 10 * time.Minute

// SignInCode signs in once, as whoever asked for it.
type SignInCode struct {
	Code      string
	ExpiresAt time.Time
}

// CreateSignInCode makes a code. Who has signed in makes none: a session
// would otherwise have no end.
func (c *Control) CreateSignInCode(ctx context.Context, who Identity) (SignInCode, error) {
	if who.HasSession() {
		return SignInCode{}, lockstep.Errorf(lockstep.CodeForbidden, "a code to sign in with is made with a token, not by somebody who has signed in: use `lockstep dashboard`")
	}
	if err := policy.Permit(who.Role, lockstep.PermissionRead); err != nil {
		return SignInCode{}, err
	}
	now := c.now()
	code := SignInCode{Code: rand.Text(), ExpiresAt: now.Add(codeLife)}
	err := c.store.Update(ctx, func(tx Tx) error {
		if err := c.forgetSessions(tx, now); err != nil {
			return err
		}
		return tx.AddSignInCode(lockstep.HashToken(code.Code), who.token, code.ExpiresAt)
	})
	if err != nil {
		return SignInCode{}, err
	}
	return code, nil
}

// AdministratorsCode is one for the administrator whose server this is.
func (c *Control) AdministratorsCode(ctx context.Context, name string) (SignInCode, error) {
	return c.CreateSignInCode(ctx, Identity{Name: name, Role: lockstep.RoleAdmin, token: c.admins[name]})
}

// SignedIn is a session that has begun. Cookie and Key are told here and
// never again; one without the other opens nothing.
type SignedIn struct {
	Identity
	Cookie string
	Key    string
}

// SignInByToken begins a session with a token.
func (c *Control) SignInByToken(ctx context.Context, token string) (SignedIn, error) {
	known := func(Tx) (lockstep.TokenHash, error) { return lockstep.HashToken(token), nil }
	return c.signIn(ctx, known, known)
}

// SignInByCode begins a session with a code, which is used up by it.
func (c *Control) SignInByCode(ctx context.Context, code string) (SignedIn, error) {
	hash := lockstep.HashToken(code)
	return c.signIn(ctx,
		func(tx Tx) (lockstep.TokenHash, error) { return orUsedUp(tx.SignInCode(hash, c.now())) },
		func(tx Tx) (lockstep.TokenHash, error) { return orUsedUp(tx.TakeSignInCode(hash, c.now())) })
}

// Whose says as whom a token, or else a code, signs in. Nobody does by that,
// and a code stays.
func (c *Control) Whose(ctx context.Context, token, code string) (Identity, error) {
	return view(ctx, c, func(tx Tx) (Identity, error) {
		return c.whoSignsIn(tx, func(tx Tx) (lockstep.TokenHash, error) {
			if token != "" {
				return lockstep.HashToken(token), nil
			}
			return orUsedUp(tx.SignInCode(lockstep.HashToken(code), c.now()))
		})
	})
}

func orUsedUp(token lockstep.TokenHash, err error) (lockstep.TokenHash, error) {
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		err = lockstep.Errorf(lockstep.CodeUnauthenticated, "this address was used already, or is older than %d minutes: `lockstep dashboard` prints another", int(codeLife.Minutes()))
	}
	return token, err
}

// signIn begins a session as whom prove says. Before anything is written it
// is seen whether that will do: who guesses holds up nobody who writes.
func (c *Control) signIn(ctx context.Context, seen, prove func(Tx) (lockstep.TokenHash, error)) (SignedIn, error) {
	if _, err := view(ctx, c, func(tx Tx) (Identity, error) { return c.whoSignsIn(tx, seen) }); err != nil {
		return SignedIn{}, err
	}
	now := c.now()
	in := SignedIn{Cookie: rand.Text(), Key: rand.Text()}
	err := c.store.Update(ctx, func(tx Tx) error {
		who, err := c.whoSignsIn(tx, prove)
		if err != nil {
			return err
		}
		s := lockstep.Session{
			ID: lockstep.HashToken(in.Cookie), Key: lockstep.HashToken(in.Key), Token: who.token,
			CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(SessionLife),
		}
		if err := c.forgetSessions(tx, now); err != nil {
			return err
		}
		if err := c.makeRoom(tx, who.token); err != nil {
			return err
		}
		if err := tx.AddSession(s); err != nil {
			return err
		}
		in.Identity, err = c.inSession(tx, s)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	c.uses.note(useOf{token: in.tokenID}, now)
	return in, nil
}

// whoSignsIn is who that is, if they may.
func (c *Control) whoSignsIn(tx Tx, prove func(Tx) (lockstep.TokenHash, error)) (Identity, error) {
	token, err := prove(tx)
	if err != nil {
		return Identity{}, err
	}
	who, err := c.holder(tx, token)
	if err != nil {
		return who, err
	}
	return who, policy.Permit(who.Role, lockstep.PermissionRead)
}

// makeRoom ends sessions of a token until one more is not too many; first
// those that were not used for longest.
func (c *Control) makeRoom(tx Tx, token lockstep.TokenHash) error {
	all, err := tx.Sessions(&token)
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b lockstep.Session) int {
		return c.uses.latest(useOf{session: a.ID}, a.LastUsedAt).Compare(c.uses.latest(useOf{session: b.ID}, b.LastUsedAt))
	})
	for _, s := range all[:max(0, len(all)-lockstep.MaxSessions+1)] {
		if err := tx.DeleteSession(s.ID); err != nil {
			return err
		}
	}
	return nil
}

// lasts says of a session that it is not over.
func (c *Control) lasts(s lockstep.Session, now time.Time) bool {
	return now.Before(s.ExpiresAt) && now.Sub(c.uses.latest(useOf{session: s.ID}, s.LastUsedAt)) < SessionIdle
}

// forgetSessions removes those that are over, an hour after nobody uses one:
// what was used in the last minute is not written down yet.
func (c *Control) forgetSessions(tx Tx, now time.Time) error {
	return tx.DeleteSessions(now, now.Add(-SessionIdle-time.Hour))
}

// SignOutToken ends every session that was begun with a token, which itself
// goes on to hold; also of an administrator's, by name. It answers how many.
func (c *Control) SignOutToken(ctx context.Context, by By, idOrName string) (int, error) {
	return change(ctx, c, by, "sign out token", idOrName, func(tx Tx) (int, error) {
		name, hash := idOrName, c.admins[idOrName]
		if !c.isAdministrator(idOrName) {
			t, err := tx.Token(idOrName)
			if err != nil {
				return 0, err
			}
			name, hash = t.Name, t.Hash
		}
		all, err := tx.Sessions(&hash)
		if err != nil {
			return 0, err
		}
		now, ended := c.now(), 0
		for _, s := range all {
			if c.lasts(s, now) {
				ended++
			}
			if err := tx.DeleteSession(s.ID); err != nil {
				return 0, err
			}
		}
		if ended == 0 {
			return 0, nil
		}
		return ended, c.event(tx, lockstep.EventTokenSignedOut, "", "", "", by, map[string]any{"name": name, "sessions": ended})
	})
}

// SignOut ends the session that a request came with.
func (c *Control) SignOut(ctx context.Context, who Identity) error {
	if who.session == nil {
		return lockstep.Errorf(lockstep.CodeConflict, "this request came with a token, and there is nothing to sign out of: `lockstep token revoke` ends a token")
	}
	return c.store.Update(ctx, func(tx Tx) error { return tx.DeleteSession(*who.session) })
}
