package secret

import (
	"context"
	"errors"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// load makes the stored keyset the current one, unless what is loaded has
// reached atLeast already (0: the stored generation decides). It returns nil
// where nothing was ever sealed.
func (k *Keyring) load(ctx context.Context, atLeast int64) (_ *ring, err error) {
	k.loading.Lock()
	defer k.loading.Unlock()
	if r := k.current(); r != nil && atLeast > 0 && r.keyset.Generation >= atLeast {
		return r, nil // somebody else did, meanwhile
	}
	defer func() {
		k.mu.Lock()
		k.fault = err
		k.mu.Unlock()
	}()
	stored, err := k.store.Keyset(ctx)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return nil, k.lost(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("load the keyset: %w", err)
	}
	if r := k.current(); r != nil && r.keyset.Generation == stored.Generation {
		return r, nil
	}
	r, err := unwrapped(ctx, stored, k.wrapper)
	if err != nil {
		return nil, k.explain(stored, err)
	}
	k.mu.Lock()
	k.ring = r
	k.mu.Unlock()
	return r, nil
}

// lost is nil where a missing keyset is no loss.
func (k *Keyring) lost(ctx context.Context) error {
	sealed, err := k.store.Sealed(ctx)
	if err != nil {
		return fmt.Errorf("count sealed values: %w", err)
	}
	var n int64
	for _, count := range sealed {
		n += count
	}
	if n == 0 {
		return nil
	}
	return lockstep.Errorf(lockstep.CodeFailed,
		"the database holds %d sealed values and not the keyset that opens them: restore it from a backup that has both. Nothing was changed", n)
}

// explain says why a stored keyset cannot be unwrapped: what wraps it here is
// missing, or is another one, or the keyset is damaged.
func (k *Keyring) explain(stored lockstep.Keyset, err error) error {
	var coded *lockstep.Error
	if errors.As(err, &coded) {
		return &lockstep.Error{Code: coded.Code, Message: "secrets cannot be opened: " + coded.Message, Err: err}
	}
	if name := k.wrapper.Name(); name != stored.Wrapper {
		return lockstep.Errorf(lockstep.CodeFailed,
			"secrets cannot be opened: this server has the secret key %q, and the keyset was wrapped with %q: %s. Nothing was changed", name, stored.Wrapper, k.wrapper.Remedy())
	}
	return lockstep.Errorf(lockstep.CodeFailed,
		"secrets cannot be opened: the keyset in the database is cut short or damaged (generation %d): restore the database from a backup. Nothing was changed", stored.Generation)
}

// unloaded is why there is no ring.
func (k *Keyring) unloaded() error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.fault != nil {
		return k.fault
	}
	return lockstep.Errorf(lockstep.CodeUnavailable, "no keyset is loaded yet: try again")
}

// make stores the first keyset. The wrapping key is durable before it.
func (k *Keyring) make(ctx context.Context) error {
	exists, err := k.wrapper.Exists(ctx)
	if err != nil {
		return err
	}
	if !exists {
		if err := k.wrapper.Make(ctx); err != nil {
			return err
		}
		k.log.WarnContext(ctx, "a key file was made that all secrets depend on: keep a copy of it apart from the database's backups", "key", k.wrapper.Name())
	}
	first, err := firstRing(k.now())
	if err != nil {
		return err
	}
	wrapped, err := first.wrapped(ctx, k.wrapper)
	if err != nil {
		return err
	}
	if err := k.store.PutKeyset(ctx, wrapped); err != nil && lockstep.CodeOf(err) != lockstep.CodeConflict {
		return fmt.Errorf("store the keyset: %w", err)
	}
	return nil
}
