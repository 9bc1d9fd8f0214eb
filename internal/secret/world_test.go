package secret

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// world is a database with a project in it.
type world struct {
	*testing.T
	dir      string
	database string
	store    *store.Store
	heard    int64 // number of an event
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOn(t, "")
}

// newWorldOn is newWorld on a database; "": on SQLite.
func newWorldOn(t *testing.T, database string) *world {
	t.Helper()
	w := &world{T: t, dir: t.TempDir(), database: database}
	w.store = w.connect()
	w.must(w.store.Update(t.Context(), func(tx *store.Tx) error {
		return tx.PutProject(lockstep.Project{ID: "p1", Name: "sunday"})
	}))
	return w
}

// connect opens the world's database once more, as another server does.
func (w *world) connect() *store.Store {
	w.Helper()
	db, err := store.Open(w.Context(), store.Options{DataDir: w.dir, DatabaseURL: w.database})
	w.must(err)
	w.Cleanup(func() { _ = db.Close() })
	return db
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) keyFile() string { return filepath.Join(w.dir, "secret.key") }

// server is a keyring of its own on the world's database.
func (w *world) server(name string, change ...func(*Options)) *Keyring {
	w.Helper()
	opts := Options{
		Store: w.store, Wrapper: &file{path: w.keyFile()}, Holder: name,
		pace: pace{look: 2 * time.Millisecond, hold: 10 * time.Millisecond, ttl: time.Minute, duty: time.Minute, batch: 3},
	}
	for _, c := range change {
		c(&opts)
	}
	return New(opts)
}

// runs lets a server do its rounds until the test ends, or stop is called.
func (w *world) runs(k *Keyring) (stop func()) {
	ctx, cancel := context.WithCancel(w.Context())
	var wg sync.WaitGroup
	wg.Go(func() { k.Run(ctx) })
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	w.Cleanup(stop)
	return stop
}

func place(key string) lockstep.SecretPlace {
	return lockstep.SecretPlace{Project: "p1", Level: lockstep.LevelProject, Key: key}
}

// keeps seals a value and stores it.
func (w *world) keeps(k *Keyring, key, value string) {
	w.Helper()
	w.must(k.Ready(w.Context()))
	w.must(w.add(k, key, value))
}

func (w *world) add(k *Keyring, key, value string) error {
	sealed, keyID, err := k.Seal(w.Context(), place(key), lockstep.Conceal(value))
	if err != nil {
		return err
	}
	return w.store.Update(w.Context(), func(tx *store.Tx) error {
		return tx.AddSecretVersion(lockstep.SecretVersion{
			SecretRef: lockstep.SecretRef{ID: "s-" + key, Key: key, Version: 1}, Place: place(key), Sealed: sealed, KeyID: keyID,
		})
	})
}

func (w *world) stored(key string) (v lockstep.SecretVersion) {
	w.Helper()
	w.must(w.store.View(w.Context(), func(tx *store.Tx) (err error) {
		v, err = tx.SecretVersion("s-"+key, 1)
		return err
	}))
	return v
}

func (w *world) opens(k *Keyring, key, want string) {
	w.Helper()
	got, err := k.Open(w.Context(), w.stored(key))
	w.must(err)
	if got.Reveal() != want {
		w.Errorf("%s opens as %q, want %q", key, got.Reveal(), want)
	}
}

func (w *world) status(k *Keyring) lockstep.KeyStatus {
	w.Helper()
	s, err := k.Status(w.Context())
	w.must(err)
	return s
}

// until waits for what no signal tells of.
func (w *world) until(what string, done func() bool) {
	w.Helper()
	deadline := time.After(20 * time.Second)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			w.Fatalf("not within 20 s: %s", what)
		}
	}
}

func (w *world) rotated(k *Keyring) {
	w.Helper()
	w.until("the rotation is done", func() bool { return !w.status(k).Keyset.Rotation.Open() })
}

// happened checks what was told of rotations since it was called last.
func (w *world) happened(want ...string) {
	w.Helper()
	var got []string
	w.must(w.store.View(w.Context(), func(tx *store.Tx) error {
		events, err := tx.EventsAfter(w.heard, lockstep.EventFilter{}, 1000)
		for _, e := range events {
			w.heard = e.Seq
			got = append(got, string(e.Type)+" "+e.Actor)
		}
		return err
	}))
	if !slices.Equal(got, want) {
		w.Errorf("events %q, want %q", got, want)
	}
}

func localKey(b byte) string {
	key := make([]byte, 32)
	for i := range key {
		key[i] = b
	}
	return "base64key://" + base64.URLEncoding.EncodeToString(key)
}

// mortal is a store that dies after some writes, and stays dead.
type mortal struct {
	*store.Store
	mu   sync.Mutex
	left int
}

var errDead = errors.New("dead")

func (m *mortal) dies() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.left == 0 {
		return errDead
	}
	m.left--
	return nil
}

func (m *mortal) PutKeyset(ctx context.Context, k lockstep.Keyset, events ...lockstep.Event) error {
	if err := m.dies(); err != nil {
		return err
	}
	return errors.Join(m.Store.PutKeyset(ctx, k, events...), m.dies())
}

func (m *mortal) PutRotation(ctx context.Context, g int64, r lockstep.KeyRotation) error {
	if err := m.dies(); err != nil {
		return err
	}
	return errors.Join(m.Store.PutRotation(ctx, g, r), m.dies())
}

func (m *mortal) Reseal(ctx context.Context, values []lockstep.ResealedSecret) error {
	if err := m.dies(); err != nil {
		return err
	}
	return errors.Join(m.Store.Reseal(ctx, values), m.dies())
}

func numbered(i int) string { return fmt.Sprintf("KEY_%02d", i) }
