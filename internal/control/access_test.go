package control_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

const administrators = "the administrator's"

// guarded is a world with an administrator.
func guarded(t *testing.T, options store.Options) *world {
	t.Helper()
	return newWorldIn(t, options, func(o *control.Options) {
		o.Administrators = map[string]lockstep.TokenHash{"admin": lockstep.HashToken(administrators), "root": lockstep.HashToken("another")}
	})
}

func (w *world) token(name string, role lockstep.Role, expires time.Duration) string {
	w.Helper()
	_, text, err := w.control.CreateToken(w.Context(), ana, control.TokenRequest{Name: name, Role: role, Expires: expires})
	if err != nil {
		w.Fatal(err)
	}
	return text
}

func (w *world) identify(token string) result[control.Identity] {
	w.Helper()
	return got(w.control.Identify(w.Context(), token))
}

func (w *world) session(in control.SignedIn) result[control.Identity] {
	w.Helper()
	return got(w.control.IdentifySession(w.Context(), in.Cookie, in.Key))
}

func (w *world) signIn(token string) control.SignedIn {
	w.Helper()
	return must(w, got(w.control.SignInByToken(w.Context(), token)))
}

// near: each look at the clock takes it a little further.
func near(a, b time.Time) bool { return a.Sub(b).Abs() < time.Second }

func TestATokenIsKnownWhileItHolds(t *testing.T) {
	t.Parallel()
	w := guarded(t, store.Options{DataDir: t.TempDir()})
	if who := must(w, w.identify(administrators)); who.Name != "admin" || who.Role != lockstep.RoleAdmin || who.HasSession() {
		t.Errorf("%+v", who)
	}
	if who := must(w, w.identify("another")); who.Name != "root" {
		t.Errorf("%+v", who)
	}
	for _, unknown := range []string{"", "x", "the administrator", lockstep.HashToken(administrators).String()} {
		refused(w, w.identify(unknown), lockstep.CodeUnauthenticated, "does not know that token")
	}
	text := w.token("cy", lockstep.RoleViewer, time.Hour)
	if who := must(w, w.identify(text)); who.Name != "cy" || who.Role != lockstep.RoleViewer || who.ExpiresAt == nil {
		t.Errorf("%+v", who)
	}
	w.clock.pass(time.Hour - time.Second)
	must(w, w.identify(text))
	w.clock.pass(time.Second)
	refused(w, w.identify(text), lockstep.CodeUnauthenticated, "cy expired on 2026-03-01 10:00 UTC")
	// The name of one that is over is free.
	again := w.token("cy", lockstep.RoleOperator, 0)
	if who := must(w, w.identify(again)); who.Role != lockstep.RoleOperator {
		t.Errorf("%+v", who)
	}
	must(w, got(w.control.RevokeToken(w.Context(), bo, "cy")))
	refused(w, w.identify(again), lockstep.CodeUnauthenticated, "cy was revoked on", "by bo")
}

func TestASessionEnds(t *testing.T) {
	t.Parallel()
	w := guarded(t, store.Options{DataDir: t.TempDir()})
	// By not being used, though its use was never written down.
	in := w.signIn(administrators)
	for range 3 {
		w.clock.pass(12*time.Hour - time.Second)
		must(w, w.session(in))
	}
	w.clock.pass(12 * time.Hour)
	refused(w, w.session(in), lockstep.CodeUnauthenticated, "sign in again")

	// After a week, however much it is used.
	in = w.signIn(administrators)
	for range 14 {
		w.clock.pass(12*time.Hour - time.Second)
		if who := must(w, w.session(in)); who.ExpiresAt.After(w.clock.Now().Add(12 * time.Hour)) {
			t.Errorf("it ends at %s", who.ExpiresAt)
		}
		if err := w.control.WriteUses(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.pass(14 * time.Second)
	refused(w, w.session(in), lockstep.CodeUnauthenticated)

	// With its token.
	in = w.signIn(w.token("cy", lockstep.RoleViewer, time.Hour))
	if want := w.clock.Now().Add(time.Hour); !near(*in.ExpiresAt, want) {
		t.Errorf("it ends at %s, want %s", in.ExpiresAt, want)
	}
	who := must(w, w.session(in))
	if err := w.control.StillKnown(t.Context(), who); err != nil {
		t.Error(err)
	}
	w.clock.pass(time.Hour)
	refused(w, w.session(in), lockstep.CodeUnauthenticated, "sign in again")
	if err := w.control.StillKnown(t.Context(), who); lockstep.CodeOf(err) != lockstep.CodeUnauthenticated {
		t.Errorf("still known: %v", err)
	}
}

func TestAnAdministratorsSessionEndsWithTheFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := guarded(t, store.Options{DataDir: dir})
	in := w.signIn(administrators)
	code := must(w, got(w.control.AdministratorsCode(t.Context(), "admin")))
	must(w, w.session(in))
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	// The server is started again, with another token in the file.
	next := newWorldIn(t, store.Options{DataDir: dir}, func(o *control.Options) {
		o.Administrators = map[string]lockstep.TokenHash{"admin": lockstep.HashToken("a new one")}
	})
	refused(next, next.session(in), lockstep.CodeUnauthenticated)
	refused(next, got(next.control.SignInByCode(t.Context(), code.Code)), lockstep.CodeUnauthenticated)
}

func TestACodeHoldsTenMinutes(t *testing.T) {
	t.Parallel()
	w := guarded(t, store.Options{DataDir: t.TempDir()})
	who := must(w, w.identify(w.token("cy", lockstep.RoleViewer, 0)))
	code := must(w, got(w.control.CreateSignInCode(t.Context(), who)))
	w.clock.pass(10 * time.Minute)
	refused(w, got(w.control.SignInByCode(t.Context(), code.Code)), lockstep.CodeUnauthenticated, "older than 10 minutes")
	code = must(w, got(w.control.CreateSignInCode(t.Context(), who)))
	w.clock.pass(10*time.Minute - time.Second)
	in := must(w, got(w.control.SignInByCode(t.Context(), code.Code)))
	if in.Name != "cy" || in.Role != lockstep.RoleViewer || !in.HasSession() {
		t.Errorf("%+v", in.Identity)
	}
	refused(w, got(w.control.CreateSignInCode(t.Context(), in.Identity)), lockstep.CodeForbidden, "with a token")
}

// An app's token opens no screen.
func TestAnAppDoesNotSignIn(t *testing.T) {
	t.Parallel()
	w := guarded(t, store.Options{DataDir: t.TempDir()})
	text := w.token("app", lockstep.RoleFlags, 0)
	refused(w, got(w.control.SignInByToken(t.Context(), text)), lockstep.CodeForbidden, "flags")
	refused(w, got(w.control.CreateSignInCode(t.Context(), must(w, w.identify(text)))), lockstep.CodeForbidden, "flags")
}

// Uses wait for nobody, and no request waits for them.
func TestUsesAreWrittenDownNowAndThen(t *testing.T) {
	t.Parallel()
	onBoth(t, func(w *world) {
		text := w.token("cy", lockstep.RoleViewer, 0)
		stored := func() *time.Time {
			w.Helper()
			var found lockstep.Token
			err := w.store.View(w.Context(), func(tx *store.Tx) (err error) { found, err = tx.Token("cy"); return err })
			if err != nil {
				w.Fatal(err)
			}
			return found.LastUsedAt
		}
		must(w, w.identify(text))
		if at := stored(); at != nil {
			w.Errorf("it is stored at once: %s", at)
		}
		if list := must(w, got(w.control.Tokens(w.Context(), false))); list[0].LastUsedAt == nil || !near(*list[0].LastUsedAt, w.clock.Now()) {
			w.Errorf("the list says %+v", list[0])
		}
		first := w.clock.Now()
		if err := w.control.WriteUses(w.Context()); err != nil {
			w.Fatal(err)
		}
		if at := stored(); at == nil || !near(*at, first) {
			w.Errorf("stored %v, want %s", at, first)
		}
		w.clock.pass(time.Minute)
		must(w, w.identify(text))
		if err := w.control.WriteUses(w.Context()); err != nil {
			w.Fatal(err)
		}
		if at := stored(); at == nil || !near(*at, w.clock.Now()) {
			w.Errorf("stored %v, want %s", at, w.clock.Now())
		}
	})
}

// What is written down is forgotten, and not written down again.
func TestAUseIsWrittenDownOnce(t *testing.T) {
	t.Parallel()
	var writes atomic.Int64
	w := guarded(t, store.Options{DataDir: t.TempDir(), Transacted: func(write, _ bool, _ time.Duration) {
		if write {
			writes.Add(1)
		}
	}})
	must(w, w.identify(w.token("cy", lockstep.RoleViewer, 0)))
	before := writes.Load()
	for range 3 {
		if err := w.control.WriteUses(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := writes.Load() - before; n != 1 {
		t.Errorf("%d transactions wrote one use", n)
	}
}
