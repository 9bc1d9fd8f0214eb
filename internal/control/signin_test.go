package control_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func TestOneMoreSessionEndsTheOneThatWasNotUsedForLongest(t *testing.T) {
	t.Parallel()
	w := guarded(t, store.Options{DataDir: t.TempDir()})
	text, other := w.token("cy", lockstep.RoleViewer, 0), w.token("di", lockstep.RoleViewer, 0)
	apart := w.signIn(other)
	var all []control.SignedIn
	for range lockstep.MaxSessions {
		all = append(all, w.signIn(text))
		w.clock.pass(time.Second)
	}
	must(w, w.session(all[0])) // its use is not written down yet
	all = append(all, w.signIn(text))
	for i, in := range all {
		if i == 1 {
			refused(w, w.session(in), lockstep.CodeUnauthenticated, "sign in again")
		} else {
			must(w, w.session(in))
		}
	}
	must(w, w.session(apart))
	for _, token := range must(w, got(w.control.Tokens(t.Context(), false))) {
		if want := map[string]int{"cy": lockstep.MaxSessions, "di": 1}[token.Name]; token.Sessions != want {
			t.Errorf("%s has %d sessions, want %d", token.Name, token.Sessions, want)
		}
	}
	w.clock.pass(control.SessionIdle)
	if list := must(w, got(w.control.Tokens(t.Context(), false))); list[0].Sessions != 0 {
		t.Errorf("of those that are over %d are counted", list[0].Sessions)
	}
}

func TestTheSessionsOfATokenAreEndedAndItHolds(t *testing.T) {
	t.Parallel()
	w := guarded(t, store.Options{DataDir: t.TempDir()})
	text := w.token("cy", lockstep.RoleViewer, 0)
	first, second, admin := w.signIn(text), w.signIn(text), w.signIn(administrators)
	if ended := must(w, got(w.control.SignOutToken(t.Context(), bo, "cy"))); ended != 2 {
		t.Errorf("%d were ended", ended)
	}
	for _, in := range []control.SignedIn{first, second} {
		refused(w, w.session(in), lockstep.CodeUnauthenticated, "sign in again")
	}
	must(w, w.identify(text))
	must(w, w.session(admin))
	if ended := must(w, got(w.control.SignOutToken(t.Context(), bo, "admin"))); ended != 1 {
		t.Errorf("of the administrator's %d were ended", ended)
	}
	refused(w, w.session(admin), lockstep.CodeUnauthenticated)
	if ended := must(w, got(w.control.SignOutToken(t.Context(), bo, "cy"))); ended != 0 {
		t.Errorf("%d were ended again", ended)
	}
	refused(w, got(w.control.SignOutToken(t.Context(), bo, "nobody")), lockstep.CodeNotFound, "nobody")
	var told []lockstep.Event
	err := w.store.View(t.Context(), func(tx *store.Tx) (err error) {
		told, err = tx.EventsAfter(0, lockstep.EventFilter{}, 100)
		return err
	})
	told = slices.DeleteFunc(told, func(e lockstep.Event) bool { return e.Type != lockstep.EventTokenSignedOut })
	if err != nil || len(told) != 2 || told[0].Data["name"] != "cy" || told[1].Data["name"] != "admin" || told[0].Actor != "bo" {
		t.Errorf("told %+v, %v", told, err)
	}
}

// Whoever guesses does not wait for those who write, nor they for him.
func TestFailingToSignInWritesNothing(t *testing.T) {
	t.Parallel()
	w := guarded(t, store.Options{DataDir: t.TempDir()})
	flags := w.token("app", lockstep.RoleFlags, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	fails := map[string]func() error{
		"unknown token": func() error { _, err := w.control.SignInByToken(ctx, "guess"); return err },
		"unknown code":  func() error { _, err := w.control.SignInByCode(ctx, "guess"); return err },
		"an app's":      func() error { _, err := w.control.SignInByToken(ctx, flags); return err },
	}
	err := w.store.Update(ctx, func(*store.Tx) error { // nobody else writes until it ends
		for name, fail := range fails {
			if code := lockstep.CodeOf(fail()); code != lockstep.CodeUnauthenticated && code != lockstep.CodeForbidden {
				return fmt.Errorf("%s: %s", name, code)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
