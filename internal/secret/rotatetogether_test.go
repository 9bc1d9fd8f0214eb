package secret

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
	"github.com/lockstep-dev/lockstep/internal/suite/postgres"
)

// Two servers of one PostgreSQL rotate at the same moment, again and again:
// one of them does, the other one is told; nobody who reads or writes on
// either notices.
func TestServersOfOneDatabaseRotateAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, postgres.Database(t))
	other := w.connect()
	servers := []*Keyring{w.server("a"), w.server("b", func(o *Options) { o.Store = other })}
	for i := range 8 {
		w.keeps(servers[0], numbered(i), numbered(i))
	}
	for _, k := range servers {
		w.runs(k)
	}
	done, busy := make(chan struct{}), sync.WaitGroup{}
	var read, written atomic.Int64
	written.Store(8)
	for n, k := range servers {
		busy.Go(func() { w.reads(k, []*store.Store{w.store, other}[n], &read, done) })
	}
	for range 4 {
		before := read.Load()
		refused := make([]error, len(servers))
		var both sync.WaitGroup
		for i, k := range servers {
			both.Go(func() { refused[i] = k.Rotate(t.Context(), "ada") })
		}
		both.Wait()
		if (refused[0] == nil) == (refused[1] == nil) {
			t.Fatalf("one of them rotates: %v, %v", refused[0], refused[1])
		}
		for _, err := range refused {
			if err != nil && lockstep.CodeOf(err) != lockstep.CodeConflict {
				t.Errorf("the other one is told %v", err)
			}
		}
		for _, k := range servers { // values come in while it goes on
			key := numbered(int(written.Add(1)) - 1)
			w.keeps(k, key, key)
		}
		w.rotated(servers[0])
		w.happened("keys.rotation_asked ada", "keys.rotated ada")
		if s := w.status(servers[1]); len(s.Keyset.Keys) != 1 || s.Sealed[s.Keyset.Primary()] != written.Load() || len(s.Sealed) != 1 {
			t.Fatalf("after it: %+v, sealed %v", s.Keyset, s.Sealed)
		}
		if read.Load() == before {
			t.Error("nobody read meanwhile")
		}
	}
	close(done)
	busy.Wait()
	for i := range int(written.Load()) {
		w.opens(w.server("later"), numbered(i), numbered(i))
	}
}

// reads opens values until done is closed; each has to open.
func (w *world) reads(k *Keyring, db *store.Store, read *atomic.Int64, done chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-done:
			return
		default:
		}
		key := numbered(i % 8)
		var v lockstep.SecretVersion
		err := db.View(w.Context(), func(tx *store.Tx) (err error) {
			v, err = tx.SecretVersion("s-"+key, 1)
			return err
		})
		if err != nil {
			w.Errorf("read %s: %v", key, err)
			return
		}
		if value, err := k.Open(w.Context(), v); err != nil || value.Reveal() != key {
			w.Errorf("open %s: %v", key, err)
			return
		}
		read.Add(1)
	}
}
