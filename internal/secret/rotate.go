package secret

import (
	"context"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// dutyName is that of carrying a rotation on.
const dutyName = "secret-keys"

// Status is how the keys are, on every server.
func (k *Keyring) Status(ctx context.Context) (out lockstep.KeyStatus, err error) {
	if out.Sealed, err = k.store.Sealed(ctx); err != nil {
		return out, err
	}
	if out.Holders, err = k.store.Holders(ctx); err != nil {
		return out, err
	}
	stored, err := k.store.Keyset(ctx)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	out.Keyset = &stored
	if stored.Rotation.Open() {
		for key, n := range out.Sealed {
			if key != stored.Rotation.To {
				out.Left += n
			}
		}
	}
	return out, nil
}

// Rotate begins a rotation, which goes on by itself. One that is under way is
// a conflict.
func (k *Keyring) Rotate(ctx context.Context, by string) error {
	if err := k.Ready(ctx); err != nil {
		return err
	}
	r, err := k.load(ctx, 0)
	if err != nil {
		return err
	}
	stored, err := k.store.Keyset(ctx)
	if err != nil {
		return fmt.Errorf("read the keyset: %w", err)
	}
	if stored.Rotation.Open() {
		return lockstep.Errorf(lockstep.CodeConflict, "the keys are being rotated already, by %s since %s: see lockstep keys status",
			stored.Rotation.StartedBy, stored.Rotation.StartedAt.UTC().Format("15:04:05 UTC"))
	}
	status, err := k.Status(ctx)
	if err != nil {
		return err
	}
	next, added, err := r.withKey(k.now())
	if err != nil {
		return err
	}
	rotation := lockstep.KeyRotation{Phase: lockstep.RotationDistribute, To: added, StartedAt: k.now(), StartedBy: by}
	for _, n := range status.Sealed {
		rotation.Total += n
	}
	if err := k.put(ctx, next, rotation, lockstep.Event{Type: lockstep.EventKeysRotationAsked, Actor: by}); err != nil {
		return err
	}
	k.Wake()
	return nil
}

// put stores the next generation, with what happened by it, and loads it.
func (k *Keyring) put(ctx context.Context, next *ring, rotation lockstep.KeyRotation, events ...lockstep.Event) error {
	wrapped, err := next.wrapped(ctx, k.wrapper)
	if err != nil {
		return err
	}
	wrapped.Rotation = &rotation
	if err := k.store.PutKeyset(ctx, wrapped, events...); err != nil {
		return err
	}
	_, err = k.load(ctx, 0)
	return err
}

// carryOn does the next piece of an open rotation, and says whether there is
// another one to do at once.
func (k *Keyring) carryOn(ctx context.Context) (more bool, err error) {
	stored, err := k.store.Keyset(ctx)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return false, nil
	}
	if err != nil || !stored.Rotation.Open() {
		return false, err
	}
	r, err := k.load(ctx, 0)
	if err != nil {
		return false, err
	}
	rotation := *stored.Rotation
	switch rotation.Phase {
	case lockstep.RotationDistribute:
		if ready, err := k.everywhere(ctx, stored.Generation); err != nil || !ready {
			return false, err
		}
		next, err := r.sealingWith(rotation.To, k.now())
		if err != nil {
			return false, err
		}
		rotation.Phase = lockstep.RotationPromote
		return true, k.put(ctx, next, rotation)
	case lockstep.RotationPromote:
		if ready, err := k.everywhere(ctx, stored.Generation); err != nil || !ready {
			return false, err
		}
		rotation.Phase = lockstep.RotationReseal
		return true, k.store.PutRotation(ctx, stored.Generation, rotation)
	case lockstep.RotationReseal:
		n, err := k.reseal(ctx, r, rotation.To)
		if err != nil || n > 0 {
			return n > 0, err
		}
		return true, k.retire(ctx, r, rotation)
	case lockstep.RotationDone:
	}
	return false, nil
}

// everywhere says that each server that lives has loaded a generation.
func (k *Keyring) everywhere(ctx context.Context, generation int64) (bool, error) {
	if err := k.tell(ctx); err != nil {
		return false, err
	}
	holders, err := k.store.Holders(ctx)
	if err != nil {
		return false, err
	}
	for _, h := range holders {
		if h.Generation < generation {
			return false, nil
		}
	}
	return true, nil
}

// reseal seals the next few values anew, and says how many.
func (k *Keyring) reseal(ctx context.Context, r *ring, key string) (int, error) {
	values, err := k.store.SealedOtherwise(ctx, key, k.pace.batch)
	if err != nil || len(values) == 0 {
		return 0, err
	}
	out := make([]lockstep.ResealedSecret, 0, len(values))
	for _, v := range values {
		value, err := k.Open(ctx, v)
		if err != nil {
			return 0, fmt.Errorf("seal %s version %d with the new key: %w", v.Key, v.Version, err)
		}
		sealed, with, err := r.seal(v.Place, value)
		if err != nil {
			return 0, err
		}
		out = append(out, lockstep.ResealedSecret{SecretRef: v.SecretRef, Before: v.KeyID, Sealed: sealed, KeyID: with})
	}
	return len(out), k.store.Reseal(ctx, out)
}

// retire ends the rotation. Where a value came in with an older key meanwhile,
// the store refuses, and the next look seals that one too.
func (k *Keyring) retire(ctx context.Context, r *ring, rotation lockstep.KeyRotation) error {
	next, err := r.only(rotation.To, k.now())
	if err != nil {
		return err
	}
	now := k.now()
	rotation.Phase, rotation.EndedAt = lockstep.RotationDone, &now
	err = k.put(ctx, next, rotation, lockstep.Event{
		Type: lockstep.EventKeysRotated, Actor: rotation.StartedBy, Data: map[string]any{"key": rotation.To, "values": rotation.Total},
	})
	if lockstep.CodeOf(err) == lockstep.CodeConflict {
		return nil
	}
	if err == nil {
		k.log.InfoContext(ctx, "secret keys rotated", "key", rotation.To, "values", rotation.Total)
	}
	return err
}
