package secret

import (
	"strings"
	"sync"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

func TestRotationSealsEverythingAnewAndDropsTheOldKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.server("a"), w.server("b")
	for i := range 10 {
		w.keeps(a, numbered(i), numbered(i))
	}
	old := w.status(a).Keyset.Primary()
	w.runs(a)
	w.runs(b)
	w.must(a.Rotate(t.Context(), "ada"))
	w.rotated(a)
	s := w.status(a)
	if s.Keyset.Has(old) || len(s.Keyset.Keys) != 1 || s.Sealed[s.Keyset.Primary()] != 10 || len(s.Sealed) != 1 || s.Left != 0 {
		t.Errorf("after the rotation: %+v, sealed %v", s.Keyset, s.Sealed)
	}
	if r := s.Keyset.Rotation; r.Total != 10 || r.StartedBy != "ada" || r.EndedAt == nil {
		t.Errorf("rotation %+v", r)
	}
	for i := range 10 {
		for _, k := range []*Keyring{a, b, w.server("later")} {
			w.opens(k, numbered(i), numbered(i))
		}
	}
	w.happened("keys.rotation_asked ada", "keys.rotated ada")
	w.must(b.Rotate(t.Context(), "bob")) // and again
	w.rotated(b)
	w.opens(a, numbered(0), numbered(0))
}

// Who has read a value and then waits opens it all the same, however many
// rotations end meanwhile; what was revoked meanwhile stays so.
func TestAValueOpensThatWasReadBeforeARotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.server("a")
	w.keeps(a, "API_KEY", "hunter2")
	w.keeps(a, "REVOKED", "hunter2")
	read, revoked := w.stored("API_KEY"), w.stored("REVOKED")
	w.runs(a)
	for range 2 {
		w.must(a.Rotate(t.Context(), "ada"))
		w.rotated(a)
	}
	w.must(w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.RevokeSecretVersion(revoked.ID, 1, "eve", revoked.CreatedAt) }))
	for _, k := range []*Keyring{a, w.server("later")} {
		if value, err := k.Open(t.Context(), read); err != nil || value.Reveal() != "hunter2" {
			t.Errorf("a value that was read before: %v", err)
		}
		if _, err := k.Open(t.Context(), revoked); err == nil || !strings.Contains(err.Error(), "was revoked on") {
			t.Errorf("a value that was revoked since: %v", err)
		}
	}
}

func TestRotationWaitsForEachServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, slow := w.server("a"), w.server("slow")
	w.keeps(a, "API_KEY", "hunter2")
	w.must(slow.Load(t.Context()))
	w.must(slow.tell(t.Context()))
	w.must(a.Rotate(t.Context(), "ada"))
	phase := func(want lockstep.KeyRotationPhase) {
		t.Helper()
		if more, err := a.carryOn(t.Context()); err != nil || more {
			t.Fatalf("more %t, %v", more, err)
		}
		if got := w.status(a).Keyset.Rotation.Phase; got != want {
			t.Fatalf("phase %s, want %s", got, want)
		}
	}
	goesOn := func(want lockstep.KeyRotationPhase) {
		t.Helper()
		if more, err := a.carryOn(t.Context()); err != nil || !more {
			t.Fatalf("more %t, %v", more, err)
		}
		if got := w.status(a).Keyset.Rotation.Phase; got != want {
			t.Fatalf("phase %s, want %s", got, want)
		}
	}
	told := func() { w.must(slow.Load(t.Context())); w.must(slow.tell(t.Context())) }
	phase(lockstep.RotationDistribute)
	phase(lockstep.RotationDistribute)
	if new := w.status(a).Keyset.Rotation.To; w.status(a).Keyset.Primary() == new {
		t.Fatal("the new key seals before each server has it")
	}
	told()
	goesOn(lockstep.RotationPromote)
	phase(lockstep.RotationPromote)
	told()
	goesOn(lockstep.RotationReseal)
	goesOn(lockstep.RotationReseal) // the values
	goesOn(lockstep.RotationDone)
	// It has not looked since: it meets the new key on a value.
	w.opens(slow, "API_KEY", "hunter2")
	stale := w.server("stale")
	stale.ring = nil
	w.opens(stale, "API_KEY", "hunter2")
}

// A server that slept through a whole rotation opens and seals still.
func TestServerThatWasAwayOpensEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, away := w.server("a"), w.server("away")
	w.keeps(a, "API_KEY", "one")
	w.must(away.Load(t.Context()))
	sealedLongAgo, oldKey, err := away.Seal(t.Context(), place("LATE"), lockstep.Conceal("late"))
	w.must(err)
	stop := w.runs(a)
	w.must(a.Rotate(t.Context(), "ada"))
	w.rotated(a)
	stop()
	w.opens(away, "API_KEY", "one")
	err = w.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddSecretVersion(lockstep.SecretVersion{
			SecretRef: lockstep.SecretRef{ID: "s-LATE", Key: "LATE", Version: 1}, Place: place("LATE"), Sealed: sealedLongAgo, KeyID: oldKey,
		})
	})
	if lockstep.CodeOf(err) != lockstep.CodeUnavailable {
		t.Errorf("a value of a dropped key enters the store: %v", err)
	}
	w.keeps(away, "LATE", "late")
	w.opens(a, "LATE", "late")
}

// Whatever write a server dies at, before it or after it, another one carries
// the rotation to its end, and everything opens at each moment.
func TestRotationSurvivesDeathAtEachWrite(t *testing.T) {
	t.Parallel()
	deaths := 0
	w := newWorld(t)
	first := w.server("first")
	for i := range 5 {
		w.keeps(first, numbered(i), numbered(i))
	}
	for n := 0; ; n++ {
		old := w.status(first).Keyset.Primary()
		dying := &mortal{Store: w.store, left: n}
		victim := w.server("victim", func(o *Options) { o.Store = dying })
		err := victim.Rotate(t.Context(), "ada")
		for more := true; more && err == nil; {
			more, err = victim.carryOn(t.Context())
		}
		reader := w.server("reader")
		for i := range 5 {
			w.opens(reader, numbered(i), numbered(i))
		}
		if err == nil && w.status(victim).Keyset.Rotation.Open() {
			t.Fatalf("death %d: who lives waits for somebody: %+v", n, w.status(victim).Holders)
		}
		w.must(w.store.Hold(t.Context(), lockstep.KeyHolder{Holder: "victim"}, 0)) // its time is over
		heir := w.server("heir")
		if w.status(heir).Keyset.Primary() == old && !w.status(heir).Keyset.Rotation.Open() {
			w.must(heir.Rotate(t.Context(), "ada")) // it died before anything was written
		}
		for more := true; more; {
			var failed error
			more, failed = heir.carryOn(t.Context())
			w.must(failed)
		}
		w.happened("keys.rotation_asked ada", "keys.rotated ada")
		s := w.status(heir)
		if s.Keyset.Has(old) || s.Keyset.Rotation.Open() || s.Sealed[s.Keyset.Primary()] != 5 {
			t.Fatalf("death %d: %+v %v", n, s.Keyset, s.Sealed)
		}
		for i := range 5 {
			w.opens(heir, numbered(i), numbered(i))
		}
		w.must(w.store.Hold(t.Context(), lockstep.KeyHolder{Holder: "heir"}, 0)) // the next one rotates alone
		if err == nil {
			break
		}
		deaths++
	}
	if deaths < 10 {
		t.Errorf("only %d deaths: the test does not kill what it wants to", deaths)
	}
}

// Readers and writers go on during rotations, on several servers.
func TestNobodyFailsWhileKeysRotate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.server("a"), w.server("b")
	w.keeps(a, numbered(0), numbered(0))
	w.runs(a)
	w.runs(b)
	done := make(chan struct{})
	var busy sync.WaitGroup
	for _, k := range []*Keyring{a, b} {
		busy.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					if v, err := k.Open(t.Context(), w.stored(numbered(0))); err != nil || v.Reveal() != numbered(0) {
						t.Errorf("open: %v", err)
						return
					}
				}
			}
		})
	}
	written := 1
	for range 2 {
		w.must(a.Rotate(t.Context(), "ada"))
		for range 5 {
			w.keeps(b, numbered(written), numbered(written))
			written++
		}
		w.rotated(a)
	}
	close(done)
	busy.Wait()
	for i := range written {
		w.opens(w.server("later"), numbered(i), numbered(i))
	}
}

func TestOneRotationAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a")
	w.must(k.Rotate(t.Context(), "ada"))
	if err := k.Rotate(t.Context(), "bob"); lockstep.CodeOf(err) != lockstep.CodeConflict {
		t.Errorf("%v", err)
	}
}

// A value that cannot be opened stops a rotation before anything is lost, and
// says so; once it is revoked, the rotation goes on.
func TestDamagedValueStopsARotationUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	k := w.server("a")
	w.keeps(k, "GOOD", "good")
	w.must(k.Ready(t.Context()))
	_, keyID, err := k.Seal(t.Context(), place("BAD"), lockstep.Conceal("x"))
	w.must(err)
	w.must(w.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddSecretVersion(lockstep.SecretVersion{
			SecretRef: lockstep.SecretRef{ID: "s-BAD", Key: "BAD", Version: 1}, Place: place("BAD"), Sealed: []byte("\x01nonsense"), KeyID: keyID,
		})
	}))
	w.runs(k)
	w.must(k.Rotate(t.Context(), "ada"))
	w.until("the trouble is told", func() bool {
		s := w.status(k)
		return len(s.Holders) == 1 && s.Holders[0].Fault != ""
	})
	if s := w.status(k); !s.Keyset.Has(keyID) || !s.Keyset.Rotation.Open() {
		t.Fatalf("the old key is gone: %+v", s.Keyset)
	}
	w.must(w.store.Update(t.Context(), func(tx *store.Tx) error { return tx.RevokeSecretVersion("s-BAD", 1, "ada", k.now()) }))
	w.rotated(k)
	w.opens(k, "GOOD", "good")
}
