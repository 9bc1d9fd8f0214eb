package control

import (
	"context"
	"crypto/rand"
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
	return c.signIn(ctx, func(Tx) (lockstep.TokenHash, error) { return lockstep.HashToken(token), nil })
}

// SignInByCode begins a session with a code, which is used up by it.
func (c *Control) SignInByCode(ctx context.Context, code string) (SignedIn, error) {
	return c.signIn(ctx, func(tx Tx) (lockstep.TokenHash, error) {
		token, err := tx.TakeSignInCode(lockstep.HashToken(code), c.now())
		if lockstep.CodeOf(err) == lockstep.CodeNotFound {
			return token, lockstep.Errorf(lockstep.CodeUnauthenticated, "this address was used already, or is older than %d minutes: `lockstep dashboard` prints another", int(codeLife.Minutes()))
		}
		return token, err
	})
}

func (c *Control) signIn(ctx context.Context, prove func(Tx) (lockstep.TokenHash, error)) (SignedIn, error) {
	now := c.now()
	in := SignedIn{Cookie: rand.Text(), Key: rand.Text()}
	err := c.store.Update(ctx, func(tx Tx) error {
		token, err := prove(tx)
		if err != nil {
			return err
		}
		who, err := c.holder(tx, token)
		if err != nil {
			return err
		}
		if err := policy.Permit(who.Role, lockstep.PermissionRead); err != nil {
			return err
		}
		s := lockstep.Session{
			ID: lockstep.HashToken(in.Cookie), Key: lockstep.HashToken(in.Key), Token: token,
			CreatedAt: now, LastUsedAt: now, ExpiresAt: now.Add(SessionLife),
		}
		if err := c.forgetSessions(tx, now); err != nil {
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

// forgetSessions removes those that are over, an hour after nobody uses one:
// what was used in the last minute is not written down yet.
func (c *Control) forgetSessions(tx Tx, now time.Time) error {
	return tx.DeleteSessions(now, now.Add(-SessionIdle-time.Hour))
}

// SignOut ends the session that a request came with.
func (c *Control) SignOut(ctx context.Context, who Identity) error {
	if who.session == nil {
		return lockstep.Errorf(lockstep.CodeConflict, "this request came with a token, and there is nothing to sign out of: `lockstep token revoke` ends a token")
	}
	return c.store.Update(ctx, func(tx Tx) error { return tx.DeleteSession(*who.session) })
}
