package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func (w *world) token(name string, change ...func(*lockstep.Token)) lockstep.Token {
	w.t.Helper()
	t := lockstep.Token{
		ID: w.id("token"), Name: name, Role: lockstep.RoleOperator, CreatedAt: w.tick(), CreatedBy: "ada",
		Hash: lockstep.HashToken(name + " " + w.id("text")),
	}
	for _, c := range change {
		c(&t)
	}
	w.update(func(tx *store.Tx) error { return tx.AddToken(t) })
	return t
}

func (w *world) readToken(ref string) (t lockstep.Token) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { t, err = tx.Token(ref); return err })
	return t
}

func (w *world) session(token lockstep.Token, name string, used, expires time.Time) lockstep.Session {
	w.t.Helper()
	s := lockstep.Session{
		ID: lockstep.HashToken(name), Key: lockstep.HashToken("key of " + name), Token: token.Hash,
		CreatedAt: w.tick(), LastUsedAt: used, ExpiresAt: expires,
	}
	w.update(func(tx *store.Tx) error { return tx.AddSession(s) })
	return s
}

func (w *world) hasSession(s lockstep.Session) bool {
	w.t.Helper()
	err := w.store.View(w.t.Context(), func(tx *store.Tx) error { _, err := tx.Session(s.ID); return err })
	if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
		w.t.Fatal(err)
	}
	return err == nil
}

func testAccess(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"tokens are read as they were written", func(t *testing.T, w *world) {
			ends := epoch.Add(90 * 24 * time.Hour)
			b := w.token("bo", func(t *lockstep.Token) { t.ExpiresAt = &ends })
			a := w.token("ana")
			w.same("by name", a, w.readToken("ana"))
			w.same("by ID", b, w.readToken(b.ID))
			var byHash lockstep.Token
			w.view(func(tx *store.Tx) (err error) { byHash, err = tx.TokenByHash(b.Hash); return err })
			w.same("by hash", b, byHash)
			var all []lockstep.Token
			w.view(func(tx *store.Tx) (err error) { all, err = tx.Tokens(false); return err })
			w.same("all", []lockstep.Token{a, b}, all)
			err := w.store.View(t.Context(), func(tx *store.Tx) error { _, err := tx.TokenByHash(lockstep.HashToken("x")); return err })
			wantCode(t, err, lockstep.CodeNotFound)
		}},
		{"a name is one among those that live", func(t *testing.T, w *world) {
			first := w.token("ana")
			again := lockstep.Token{ID: w.id("token"), Name: "ana", Role: lockstep.RoleViewer, CreatedAt: w.tick(), CreatedBy: "ada", Hash: lockstep.HashToken("again")}
			add := func() error {
				return w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.AddToken(again) })
			}
			wantCode(t, add(), lockstep.CodeConflict)
			now := w.tick()
			w.update(func(tx *store.Tx) error { return tx.RevokeToken(first.ID, "bo", now) })
			w.update(func(tx *store.Tx) error { return tx.RevokeToken(first.ID, "eve", now.Add(time.Hour)) })
			first.RevokedAt, first.RevokedBy = &now, "bo"
			w.same("revoked once", first, w.readToken(first.ID))
			err := w.store.View(t.Context(), func(tx *store.Tx) error { _, err := tx.Token("ana"); return err })
			wantCode(t, err, lockstep.CodeNotFound)
			w.must(add())
			w.same("by name", again, w.readToken("ana"))
			var living, all []lockstep.Token
			w.view(func(tx *store.Tx) (err error) { living, err = tx.Tokens(false); return err })
			w.view(func(tx *store.Tx) (err error) { all, err = tx.Tokens(true); return err })
			w.same("living", []lockstep.Token{again}, living)
			w.same("all", []lockstep.Token{first, again}, all)
		}},
		{"the latest use counts", func(_ *testing.T, w *world) {
			a := w.token("ana")
			s := w.session(a, "s", epoch, epoch.Add(time.Hour))
			for _, at := range []time.Time{epoch.Add(time.Minute), epoch.Add(time.Second)} {
				w.update(func(tx *store.Tx) error { return errors.Join(tx.TokenUsed(a.ID, at), tx.SessionUsed(s.ID, at)) })
			}
			later := epoch.Add(time.Minute)
			a.LastUsedAt, s.LastUsedAt = &later, later
			w.same("token", a, w.readToken("ana"))
			var got lockstep.Session
			w.view(func(tx *store.Tx) (err error) { got, err = tx.Session(s.ID); return err })
			w.same("session", s, got)
		}},
		{"sessions end with their token, by themselves, and one by one", func(t *testing.T, w *world) {
			a, b := w.token("ana"), w.token("bo")
			now := epoch.Add(24 * time.Hour)
			of, idle, old, kept, out := w.session(a, "of ana", now, now.Add(time.Hour)), w.session(b, "idle", epoch, now.Add(time.Hour)),
				w.session(b, "old", now, now), w.session(b, "kept", now, now.Add(time.Hour)), w.session(b, "out", now, now.Add(time.Hour))
			w.update(func(tx *store.Tx) error {
				return tx.AddSignInCode(lockstep.HashToken("code"), a.Hash, now.Add(time.Hour))
			})
			w.update(func(tx *store.Tx) error { return tx.RevokeToken(a.ID, "ada", now) })
			w.update(func(tx *store.Tx) error { return tx.DeleteSessions(now, now.Add(-12*time.Hour)) })
			w.update(func(tx *store.Tx) error { return errors.Join(tx.DeleteSession(out.ID), tx.DeleteSession(out.ID)) })
			for name, tt := range map[string]struct {
				session lockstep.Session
				want    bool
			}{"of the revoked": {of, false}, "idle": {idle, false}, "old": {old, false}, "kept": {kept, true}, "out": {out, false}} {
				if got := w.hasSession(tt.session); got != tt.want {
					t.Errorf("%s: there %t, want %t", name, got, tt.want)
				}
			}
			err := w.store.Update(t.Context(), func(tx *store.Tx) error {
				_, err := tx.TakeSignInCode(lockstep.HashToken("code"), now)
				return err
			})
			wantCode(t, err, lockstep.CodeNotFound)
		}},
		{"sessions are listed, what was not used for longest first", func(_ *testing.T, w *world) {
			a, b := w.token("ana"), w.token("bo")
			late := w.session(a, "late", epoch.Add(time.Hour), epoch.Add(2*time.Hour))
			early := w.session(a, "early", epoch, epoch)
			between := w.session(b, "between", epoch.Add(time.Minute), epoch.Add(time.Hour))
			var of, all []lockstep.Session
			w.view(func(tx *store.Tx) (err error) { of, err = tx.Sessions(&a.Hash); return err })
			w.view(func(tx *store.Tx) (err error) { all, err = tx.Sessions(nil); return err })
			w.same("of ana", []lockstep.Session{early, late}, of)
			w.same("all", []lockstep.Session{early, between, late}, all)
		}},
		{"a code that is looked at stays", func(t *testing.T, w *world) {
			a, code := w.token("ana"), lockstep.HashToken("code")
			w.update(func(tx *store.Tx) error { return tx.AddSignInCode(code, a.Hash, epoch.Add(time.Minute)) })
			look := func(hash lockstep.TokenHash, now time.Time) (who lockstep.TokenHash, err error) {
				err = w.store.View(t.Context(), func(tx *store.Tx) (err error) { who, err = tx.SignInCode(hash, now); return err })
				return who, err
			}
			for range 2 {
				if who, err := look(code, epoch); err != nil || who != a.Hash {
					t.Errorf("it is of %s, %v", who, err)
				}
			}
			_, err := look(code, epoch.Add(time.Minute))
			wantCode(t, err, lockstep.CodeNotFound)
			_, err = look(lockstep.HashToken("another"), epoch)
			wantCode(t, err, lockstep.CodeNotFound)
		}},
		{"a code is taken once, in time", func(t *testing.T, w *world) {
			a := w.token("ana")
			code := lockstep.HashToken("code")
			w.update(func(tx *store.Tx) error { return tx.AddSignInCode(code, a.Hash, epoch.Add(time.Minute)) })
			take := func(now time.Time) error {
				return w.store.Update(t.Context(), func(tx *store.Tx) error {
					who, err := tx.TakeSignInCode(code, now)
					if err == nil && who != a.Hash {
						t.Errorf("it is of %s", who)
					}
					return err
				})
			}
			wantCode(t, take(epoch.Add(time.Minute)), lockstep.CodeNotFound)
			var all sync.WaitGroup
			results := make(chan error, 8)
			for range cap(results) {
				all.Go(func() { results <- take(epoch) })
			}
			all.Wait()
			taken := 0
			for range cap(results) {
				if err := <-results; err == nil {
					taken++
				} else {
					wantCode(t, err, lockstep.CodeNotFound)
				}
			}
			if taken != 1 {
				t.Errorf("taken %d times", taken)
			}
		}},
	})
}
