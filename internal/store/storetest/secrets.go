package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func (w *world) keyset(generation int64, keys ...string) lockstep.Keyset {
	k := lockstep.Keyset{Generation: generation, Wrapped: []byte{0, 1, 2, 0xff}, Wrapper: "file abc", UpdatedAt: w.tick()}
	for i, id := range keys {
		k.Keys = append(k.Keys, lockstep.KeysetKey{ID: id, Primary: i == 0, CreatedAt: epoch})
	}
	return k
}

func (w *world) hasKeys(keys ...string) {
	w.t.Helper()
	w.must(w.store.PutKeyset(w.t.Context(), w.keyset(1, keys...)))
}

// sealed is a value of a project's secret; level and owner may be changed.
func (w *world) sealed(key string, version int64, change ...func(*lockstep.SecretVersion)) lockstep.SecretVersion {
	v := lockstep.SecretVersion{
		SecretRef: lockstep.SecretRef{ID: "secret-" + key, Key: key, Version: version},
		Place:     lockstep.SecretPlace{Project: w.project.ID, Level: lockstep.LevelProject, Key: key},
		Sealed:    fmt.Appendf(nil, "\x01\x00%s-%d", key, version), KeyID: "k1", CreatedAt: w.tick(), CreatedBy: "ada",
	}
	for _, c := range change {
		c(&v)
	}
	return v
}

func of(env lockstep.Environment) func(*lockstep.SecretVersion) {
	return func(v *lockstep.SecretVersion) {
		v.ID = "secret-" + env.ID + "-" + v.Key
		v.Place.Level, v.Place.Owner = lockstep.LevelEnvironment, env.ID
	}
}

func (w *world) addSecret(v lockstep.SecretVersion) error {
	return w.store.Update(w.t.Context(), func(tx *store.Tx) error { return tx.AddSecretVersion(v) })
}

func (w *world) secretVersion(id string, version int64) (v lockstep.SecretVersion) {
	w.t.Helper()
	w.view(func(tx *store.Tx) (err error) { v, err = tx.SecretVersion(id, version); return err })
	return v
}

func (w *world) sealedCounts() map[string]int64 {
	w.t.Helper()
	counts, err := w.store.Sealed(w.t.Context())
	w.must(err)
	return counts
}

func testSecrets(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a value is what was stored", func(t *testing.T, w *world) {
			w.hasKeys("k1")
			first, second := w.sealed("API_KEY", 1), w.sealed("API_KEY", 2)
			w.must(w.addSecret(first))
			w.must(w.addSecret(second))
			w.same("first", first, w.secretVersion(first.ID, 1))
			w.same("newest", second, w.secretVersion(first.ID, 0))
			w.view(func(tx *store.Tx) error {
				s, err := tx.Secret(first.Place)
				w.must(err)
				w.same("secret", lockstep.Secret{ID: first.ID, Place: first.Place, Newest: 2, CreatedAt: first.CreatedAt, CreatedBy: "ada"}, s)
				all, err := tx.SecretVersions(first.ID)
				w.must(err)
				w.same("versions", []lockstep.SecretVersion{second, first}, all)
				_, err = tx.Secret(lockstep.SecretPlace{Project: w.project.ID, Level: lockstep.LevelType, Key: "API_KEY"})
				wantCode(t, err, lockstep.CodeNotFound)
				_, err = tx.SecretVersion(first.ID, 3)
				wantCode(t, err, lockstep.CodeNotFound)
				_, err = tx.SecretVersion("none", 0)
				wantCode(t, err, lockstep.CodeNotFound)
				return nil
			})
		}},
		{"an environment has its own, its type's and its project's", func(t *testing.T, w *world) {
			w.hasKeys("k1")
			other := w.environment("other", production)
			env := w.environment("mine")
			ofType := func(owner lockstep.EnvironmentType) func(*lockstep.SecretVersion) {
				return func(v *lockstep.SecretVersion) {
					v.ID = "secret-" + string(owner) + "-" + v.Key
					v.Place.Level, v.Place.Owner = lockstep.LevelType, string(owner)
				}
			}
			everywhere, again := w.sealed("A", 1), w.sealed("A", 2)
			typed, own := w.sealed("B", 1, ofType(lockstep.TypeStaging)), w.sealed("C", 1, of(env))
			otherTyped, others := w.sealed("B", 1, ofType(lockstep.TypeProduction)), w.sealed("D", 1, of(other))
			for _, v := range []lockstep.SecretVersion{everywhere, again, typed, own, otherTyped, others} {
				w.must(w.addSecret(v))
			}
			w.view(func(tx *store.Tx) error {
				for _, c := range []struct {
					besides []string
					want    []string
				}{
					{nil, []string{everywhere.ID, typed.ID, own.ID}},
					{[]string{others.ID, "none"}, []string{everywhere.ID, typed.ID, own.ID, others.ID}},
				} {
					all, versions, err := tx.SecretsOf(env, c.besides)
					w.must(err)
					var ids []string
					for _, s := range all {
						ids = append(ids, s.ID)
					}
					w.same("secrets", c.want, ids)
					w.same("values", []lockstep.SecretVersion{again, everywhere}, versions[everywhere.ID])
					w.same("values of as many", len(c.want), len(versions))
				}
				return nil
			})
		}},
		{"values are numbered without holes, whoever is faster", func(t *testing.T, w *world) {
			w.hasKeys("k1")
			wantCode(t, w.addSecret(w.sealed("API_KEY", 2)), lockstep.CodeConflict)
			w.must(w.addSecret(w.sealed("API_KEY", 1)))
			wantCode(t, w.addSecret(w.sealed("API_KEY", 1)), lockstep.CodeConflict)
			wantCode(t, w.addSecret(w.sealed("API_KEY", 3)), lockstep.CodeConflict)
			var all sync.WaitGroup
			won := make(chan error, 4)
			next := w.sealed("API_KEY", 2)
			for range cap(won) {
				all.Go(func() { won <- w.addSecret(next) })
			}
			all.Wait()
			close(won)
			wins := 0
			for err := range won {
				if err == nil {
					wins++
				} else {
					wantCode(t, err, lockstep.CodeConflict)
				}
			}
			if wins != 1 {
				t.Errorf("%d of them added version 2", wins)
			}
		}},
		{"a place has one secret", func(t *testing.T, w *world) {
			w.hasKeys("k1")
			env := w.environment("staging")
			w.must(w.addSecret(w.sealed("API_KEY", 1)))
			w.must(w.addSecret(w.sealed("API_KEY", 1, of(env))))
			wantCode(t, w.addSecret(w.sealed("API_KEY", 1, func(v *lockstep.SecretVersion) { v.ID = "other" })), lockstep.CodeConflict)
			wantCode(t, w.addSecret(w.sealed("X", 1, func(v *lockstep.SecretVersion) { v.Place.Project = "none" })), lockstep.CodeConflict)
			w.view(func(tx *store.Tx) error {
				all, err := tx.Secrets(w.project.ID)
				w.must(err)
				if len(all) != 2 || all[0].Place.Level != lockstep.LevelEnvironment || all[1].Place.Level != lockstep.LevelProject {
					t.Errorf("secrets %+v", all)
				}
				return nil
			})
		}},
		{"a revoked value has no ciphertext", func(t *testing.T, w *world) {
			w.hasKeys("k1")
			w.must(w.addSecret(w.sealed("API_KEY", 1)))
			w.must(w.addSecret(w.sealed("API_KEY", 2)))
			now := w.tick()
			revoke := func(version int64, by string, at time.Time) error {
				return w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.RevokeSecretVersion("secret-API_KEY", version, by, at) })
			}
			w.must(revoke(1, "eve", now))
			w.must(revoke(1, "bob", w.tick()))
			v := w.secretVersion("secret-API_KEY", 1)
			if v.Sealed != nil || v.RevokedAt == nil || !v.RevokedAt.Equal(now) || v.RevokedBy != "eve" {
				t.Errorf("revoked %+v", v)
			}
			wantCode(t, revoke(3, "eve", now), lockstep.CodeNotFound)
			if n := w.sealedCounts()["k1"]; n != 1 {
				t.Errorf("%d values are sealed, want 1", n)
			}
		}},
		{"secrets of an environment go with it", func(t *testing.T, w *world) {
			w.hasKeys("k1")
			env := w.environment("staging")
			v := w.sealed("API_KEY", 1, of(env))
			w.must(w.addSecret(v))
			w.must(w.addSecret(w.sealed("API_KEY", 1)))
			w.update(func(tx *store.Tx) error { return tx.DeleteEnvironment(env.ID) })
			w.view(func(tx *store.Tx) error {
				_, err := tx.SecretVersion(v.ID, 1)
				wantCode(t, err, lockstep.CodeNotFound)
				_, err = tx.SecretVersion("secret-API_KEY", 1)
				return err
			})
		}},
	})
}

func testKeysets(t *testing.T, open Opener) {
	runRules(t, open, []rule{
		{"a keyset is what was stored, one generation after the other", func(t *testing.T, w *world) {
			_, err := w.store.Keyset(t.Context())
			wantCode(t, err, lockstep.CodeNotFound)
			first := w.keyset(1, "k1")
			w.must(w.store.PutKeyset(t.Context(), first))
			wantCode(t, w.store.PutKeyset(t.Context(), first), lockstep.CodeConflict)
			wantCode(t, w.store.PutKeyset(t.Context(), w.keyset(3, "k1")), lockstep.CodeConflict)
			second := w.keyset(2, "k2", "k1")
			second.Rotation = &lockstep.KeyRotation{Phase: lockstep.RotationDistribute, To: "k2", StartedAt: epoch, StartedBy: "ada"}
			asked := lockstep.Event{Type: lockstep.EventKeysRotationAsked, Actor: "ada"}
			w.must(w.store.PutKeyset(t.Context(), second, asked))
			wantCode(t, w.store.PutKeyset(t.Context(), second, asked), lockstep.CodeConflict)
			w.view(func(tx *store.Tx) error {
				events, err := tx.EventsAfter(0, lockstep.EventFilter{}, 100)
				if len(events) == 0 || events[len(events)-1].Type != asked.Type || len(events) > 1 && events[len(events)-2].Type == asked.Type {
					t.Errorf("a keyset comes with its events, or not at all: %+v", events)
				}
				return err
			})
			got, err := w.store.Keyset(t.Context())
			w.must(err)
			w.same("keyset", second, got)
			moved := *second.Rotation
			moved.Phase = lockstep.RotationReseal
			wantCode(t, w.store.PutRotation(t.Context(), 1, moved), lockstep.CodeConflict)
			w.must(w.store.PutRotation(t.Context(), 2, moved))
			if got, err = w.store.Keyset(t.Context()); err != nil || got.Rotation.Phase != lockstep.RotationReseal {
				t.Errorf("%+v, %v", got.Rotation, err)
			}
		}},
		{"no key leaves while a value needs it, and none is used that has left", func(t *testing.T, w *world) {
			wantCode(t, w.addSecret(w.sealed("API_KEY", 1)), lockstep.CodeNotFound)
			w.hasKeys("k1")
			v := w.sealed("API_KEY", 1)
			w.must(w.addSecret(v))
			wantCode(t, w.addSecret(w.sealed("OTHER", 1, func(v *lockstep.SecretVersion) { v.KeyID = "k2" })), lockstep.CodeUnavailable)
			wantCode(t, w.store.PutKeyset(t.Context(), w.keyset(2, "k2")), lockstep.CodeConflict)
			w.must(w.store.PutKeyset(t.Context(), w.keyset(2, "k2", "k1")))
			anew := lockstep.ResealedSecret{SecretRef: v.SecretRef, Before: "k1", Sealed: []byte("anew"), KeyID: "k2"}
			w.must(w.store.Reseal(t.Context(), []lockstep.ResealedSecret{anew}))
			w.must(w.store.PutKeyset(t.Context(), w.keyset(3, "k2")))
			wantCode(t, w.store.Reseal(t.Context(), []lockstep.ResealedSecret{{SecretRef: v.SecretRef, Before: "k2", Sealed: []byte("x"), KeyID: "k1"}}), lockstep.CodeConflict)
			got := w.secretVersion(v.ID, 1)
			if string(got.Sealed) != "anew" || got.KeyID != "k2" {
				t.Errorf("%+v", got)
			}
		}},
		{"a key is dropped or a value comes in, and never both", func(t *testing.T, w *world) {
			w.hasKeys("k1")
			for i := range 10 {
				g := int64(1 + 2*i)
				a, b := fmt.Sprintf("k%d", i+1), fmt.Sprintf("k%d", i+2)
				w.must(w.store.PutKeyset(t.Context(), w.keyset(g+1, b, a)))
				var both sync.WaitGroup
				var added, dropped error
				v := w.sealed(fmt.Sprintf("KEY_%d", i), 1, func(v *lockstep.SecretVersion) { v.KeyID = a })
				both.Go(func() { added = w.addSecret(v) })
				both.Go(func() { dropped = w.store.PutKeyset(t.Context(), w.keyset(g+2, b)) })
				both.Wait()
				if (added == nil) == (dropped == nil) {
					t.Fatalf("added: %v, dropped: %v", added, dropped)
				}
				if added == nil {
					w.update(func(tx *store.Tx) error { return tx.RevokeSecretVersion(v.ID, 1, "eve", epoch) })
					w.must(w.store.PutKeyset(t.Context(), w.keyset(g+2, b)))
				}
			}
		}},
		{"values of older keys are listed in pieces, and sealed anew unless they changed", func(t *testing.T, w *world) {
			w.hasKeys("k1", "k2")
			for _, key := range []string{"A", "B", "C"} {
				w.must(w.addSecret(w.sealed(key, 1)))
			}
			w.must(w.addSecret(w.sealed("D", 1, func(v *lockstep.SecretVersion) { v.KeyID = "k2" })))
			w.update(func(tx *store.Tx) error { return tx.RevokeSecretVersion("secret-B", 1, "eve", epoch) })
			list, err := w.store.SealedOtherwise(t.Context(), "k2", 1)
			w.must(err)
			if len(list) != 1 || list[0].Key != "A" {
				t.Fatalf("first piece %+v", list)
			}
			w.must(w.store.Reseal(t.Context(), []lockstep.ResealedSecret{
				{SecretRef: list[0].SecretRef, Before: "k1", Sealed: []byte("x"), KeyID: "k2"},
				{SecretRef: lockstep.SecretRef{ID: "secret-B", Version: 1}, Before: "k1", Sealed: []byte("x"), KeyID: "k2"},
			}))
			if list, err = w.store.SealedOtherwise(t.Context(), "k2", 10); err != nil || len(list) != 1 || list[0].Key != "C" {
				t.Errorf("rest %+v, %v", list, err)
			}
			if b := w.secretVersion("secret-B", 1); b.Sealed != nil || b.RevokedAt == nil {
				t.Errorf("what was revoked is back: %+v", b)
			}
			w.same("sealed", map[string]int64{"k1": 1, "k2": 2}, w.sealedCounts())
			if a, err := w.store.SealedNow(t.Context(), list[0].SecretRef); err != nil || a.Key != "C" || string(a.Sealed) != string(list[0].Sealed) {
				t.Errorf("one by its name: %+v, %v", a, err)
			}
			if _, err := w.store.SealedNow(t.Context(), lockstep.SecretRef{ID: "secret-A", Version: 9}); lockstep.CodeOf(err) != lockstep.CodeNotFound {
				t.Errorf("one that is not there: %v", err)
			}
		}},
		{"servers are listed while they live", func(t *testing.T, w *world) {
			hold := func(name string, generation int64, ttl time.Duration) {
				t.Helper()
				w.must(w.store.Hold(t.Context(), lockstep.KeyHolder{Holder: name, Generation: generation, Fault: "x"}, ttl))
			}
			hold("a", 1, time.Hour)
			hold("b", 1, time.Hour)
			hold("a", 2, time.Hour)
			hold("dead", 1, -time.Hour)
			hold("b", 0, 0)
			list, err := w.store.Holders(t.Context())
			w.must(err)
			if len(list) != 1 || list[0].Holder != "a" || list[0].Generation != 2 || list[0].Fault != "x" || list[0].SeenAt.IsZero() {
				t.Errorf("servers %+v", list)
			}
		}},
	})
}
