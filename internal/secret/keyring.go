package secret

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// Store keeps the keyset and what it sealed. Each method is one transaction.
type Store interface {
	// Keyset is lockstep.CodeNotFound where none was made.
	Keyset(ctx context.Context) (lockstep.Keyset, error)

	// PutKeyset stores the generation after the one that is there, with its
	// rotation; lockstep.CodeConflict where that is another one by now, where
	// values are sealed with a key that it no longer has, or, for the first,
	// where values are sealed already. The events are stored with it, or not.
	PutKeyset(ctx context.Context, k lockstep.Keyset, events ...lockstep.Event) error

	// PutRotation changes the rotation of a generation, under the same rule.
	PutRotation(ctx context.Context, generation int64, r lockstep.KeyRotation) error

	// Sealed counts values by the key that sealed them.
	Sealed(ctx context.Context) (map[string]int64, error)

	// SealedOtherwise lists up to limit values that another key sealed.
	SealedOtherwise(ctx context.Context, key string, limit int) ([]lockstep.SecretVersion, error)

	// SealedNow is one value as it is sealed by now; lockstep.CodeNotFound where
	// it is gone.
	SealedNow(ctx context.Context, ref lockstep.SecretRef) (lockstep.SecretVersion, error)

	// Reseal replaces ciphertexts, each where it still is what it was.
	Reseal(ctx context.Context, values []lockstep.ResealedSecret) error

	// Hold notes which keys a server has loaded; it counts as living for ttl
	// from now. A ttl of 0 takes it off.
	Hold(ctx context.Context, h lockstep.KeyHolder, ttl time.Duration) error

	// Holders lists the servers that live.
	Holders(ctx context.Context) ([]lockstep.KeyHolder, error)

	// HoldDuty says whether this server has a duty that one of them has.
	HoldDuty(ctx context.Context, name, holder string, ttl time.Duration) (bool, error)
}

// Options of a Keyring. All but Now and Logger are required.
type Options struct {
	Store   Store
	Wrapper Wrapper
	Holder  string // this server, among those of the database
	Now     func() time.Time
	Logger  *slog.Logger

	pace pace
}

// pace is how often things happen; tests make it fast.
type pace struct {
	look  time.Duration // at the stored keyset
	hold  time.Duration // how often this server says that it lives
	ttl   time.Duration // for how long that counts
	duty  time.Duration
	batch int
}

// Keyring seals and opens. Its methods may be called concurrently.
type Keyring struct {
	store   Store
	wrapper Wrapper
	holder  string
	now     func() time.Time
	log     *slog.Logger
	pace    pace
	kick    chan struct{}

	loading sync.Mutex // one load at a time

	mu    sync.RWMutex
	ring  *ring  // nil: none is loaded
	fault error  // why not
	said  string // what else is wrong, as Run saw it
}

// New makes a keyring that has loaded nothing yet.
func New(opts Options) *Keyring {
	k := &Keyring{
		store: opts.Store, wrapper: opts.Wrapper, holder: opts.Holder, now: opts.Now, log: opts.Logger, pace: opts.pace,
		kick: make(chan struct{}, 1),
	}
	if k.now == nil {
		k.now = time.Now
	}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	if k.pace == (pace{}) {
		k.pace = pace{look: 2 * time.Second, hold: 20 * time.Second, ttl: time.Minute, duty: 15 * time.Second, batch: 100}
	}
	return k
}

// Load loads the keyset, if there is one. It fails where that cannot be
// unwrapped, and where there is none although values are sealed.
func (k *Keyring) Load(ctx context.Context) error {
	_, err := k.load(ctx, 0)
	return err
}

// Ready makes the keyset where there is none, so that Seal needs no
// transaction of its own.
func (k *Keyring) Ready(ctx context.Context) error {
	if k.current() != nil {
		return nil
	}
	r, err := k.load(ctx, 0)
	if err != nil || r != nil {
		return err
	}
	if err := k.make(ctx); err != nil {
		return err
	}
	// Whoever was first, here or elsewhere, has made the one that counts.
	r, err = k.load(ctx, 0)
	if err == nil && r == nil {
		err = lockstep.Errorf(lockstep.CodeUnavailable, "the keyset was made and cannot be read: try again")
	}
	return err
}

// Seal seals a value for a place, after Ready.
func (k *Keyring) Seal(_ context.Context, place lockstep.SecretPlace, value lockstep.Sensitive) (sealed []byte, keyID string, err error) {
	r := k.current()
	if r == nil {
		return nil, "", k.unloaded()
	}
	return r.seal(place, value)
}

// Open opens a value. One that is revoked, damaged, or sealed with a key that
// is gone is an error that names it.
func (k *Keyring) Open(ctx context.Context, v lockstep.SecretVersion) (lockstep.Sensitive, error) {
	if v.RevokedAt != nil {
		return lockstep.Sensitive{}, Revoked(v)
	}
	r := k.current()
	if r == nil || !r.keyset.Has(sealedWith(v.Sealed)) {
		loaded, err := k.load(ctx, generationAfter(r))
		if err != nil {
			return lockstep.Sensitive{}, err
		}
		if loaded == nil {
			return lockstep.Sensitive{}, k.lost(ctx)
		}
		r = loaded
	}
	value, err := r.open(v.Place, v.Sealed)
	if errors.Is(err, errNoKey) {
		// A rotation may have ended since it was read: it is sealed with another key by now.
		if now, err := k.store.SealedNow(ctx, v.SecretRef); err == nil && now.KeyID != v.KeyID && now.Place == v.Place {
			return k.Open(ctx, now)
		}
		return lockstep.Sensitive{}, lockstep.Errorf(lockstep.CodeFailed,
			"secret %s version %d cannot be opened: %w: restore the database from a backup, or give the secret a new value", v.Key, v.Version, err)
	}
	if err != nil {
		return lockstep.Sensitive{}, lockstep.Errorf(lockstep.CodeFailed,
			"secret %s version %d cannot be opened: %w; give the secret a new value, or restore a backup", v.Key, v.Version, err)
	}
	return value, nil
}

// CopyTo seals a value for another place. Only this room sees it in between.
func (k *Keyring) CopyTo(ctx context.Context, v lockstep.SecretVersion, place lockstep.SecretPlace) (sealed []byte, keyID string, err error) {
	value, err := k.Open(ctx, v)
	if err != nil {
		return nil, "", err
	}
	return k.Seal(ctx, place, value)
}

// Revoked is the error of a value that is gone on purpose.
func Revoked(v lockstep.SecretVersion) error {
	return lockstep.Errorf(lockstep.CodeConflict, "secret %s version %d was revoked on %s by %s: deploy with a newer value (--with-config latest)",
		v.Key, v.Version, v.RevokedAt.UTC().Format("2006-01-02 15:04 UTC"), v.RevokedBy)
}

func (k *Keyring) current() *ring {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.ring
}

func generationAfter(r *ring) int64 {
	if r == nil {
		return 0
	}
	return r.keyset.Generation + 1
}
