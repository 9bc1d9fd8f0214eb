package storetest

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func testAnswers(t *testing.T, open Opener) {
	now := epoch
	w := newWorld(t, open(t, store.Options{Now: func() time.Time { return now }}))
	want := lockstep.Answer{Actor: "ada", Key: "key", Request: "sha256:1", Body: []byte(`{"id":"d","text":"\u0000"}`), CreatedAt: now}
	add := func(a lockstep.Answer) error {
		return w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.AddAnswer(a) })
	}
	read := func(actor string) (a lockstep.Answer, err error) {
		err = w.store.View(t.Context(), func(tx *store.Tx) error {
			a, err = tx.Answer(actor, "key")
			return err
		})
		return a, err
	}

	_, err := read("ada")
	wantCode(t, err, lockstep.CodeNotFound)
	w.must(add(want))
	got, err := read("ada")
	w.must(err)
	w.same("answer", want, got)
	wantCode(t, add(want), lockstep.CodeConflict)

	other := want
	other.Actor, other.Body = "eve", nil
	w.must(add(other))
	got, err = read("eve")
	w.must(err)
	w.same("another actor's answer", other, got)

	now = now.Add(25 * time.Hour)
	_, err = read("ada")
	wantCode(t, err, lockstep.CodeNotFound)
	want.Request, want.CreatedAt = "sha256:2", now
	w.must(add(want)) // a day later the key is free
	w.must(w.store.Prune(t.Context()))
	got, err = read("ada")
	w.must(err)
	w.same("answer a day later", want, got)
	now = now.Add(-25 * time.Hour)
	_, err = read("eve")
	wantCode(t, err, lockstep.CodeNotFound) // pruned
	w.sound()
}
