package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// Vault seals the values of secrets and opens them (package secret). It does
// not write what it seals: that is the caller's transaction to do.
type Vault interface {
	// Ready makes the keys where there are none. It writes by itself, so it
	// is called before a transaction that seals, and not in it.
	Ready(ctx context.Context) error
	Seal(ctx context.Context, place lockstep.SecretPlace, value lockstep.Sensitive) (sealed []byte, keyID string, err error)
	Open(ctx context.Context, v lockstep.SecretVersion) (lockstep.Sensitive, error)
	CopyTo(ctx context.Context, v lockstep.SecretVersion, place lockstep.SecretPlace) (sealed []byte, keyID string, err error)

	// Holds says whether that is the value. One that cannot be opened is not.
	Holds(ctx context.Context, v lockstep.SecretVersion, value lockstep.Sensitive) bool
}

// noVault is that of a server without keys.
type noVault struct{}

func (noVault) err() error {
	return lockstep.Errorf(lockstep.CodeUnsupported, "this server keeps no secrets")
}

func (v noVault) Ready(context.Context) error { return v.err() }
func (v noVault) Seal(context.Context, lockstep.SecretPlace, lockstep.Sensitive) ([]byte, string, error) {
	return nil, "", v.err()
}

func (noVault) Holds(context.Context, lockstep.SecretVersion, lockstep.Sensitive) bool { return false }

func (v noVault) Open(context.Context, lockstep.SecretVersion) (lockstep.Sensitive, error) {
	return lockstep.Sensitive{}, v.err()
}

func (v noVault) Status(context.Context) (lockstep.KeyStatus, error) {
	return lockstep.KeyStatus{}, v.err()
}
func (v noVault) Rotate(context.Context, string) error { return v.err() }

func (v noVault) CopyTo(context.Context, lockstep.SecretVersion, lockstep.SecretPlace) ([]byte, string, error) {
	return nil, "", v.err()
}

// sealSecret gives the secret of a place its next value. The vault is ready.
func (c *Control) sealSecret(ctx context.Context, tx Tx, by By, place lockstep.SecretPlace, value lockstep.Sensitive) (lockstep.SecretRef, error) {
	return c.nextValue(tx, by, place, func() ([]byte, string, error) { return c.vault.Seal(ctx, place, value) })
}

// keepsSecret says that a variable has a value already.
func (c *Control) keepsSecret(ctx context.Context, tx Tx, v lockstep.Variable, value lockstep.Sensitive) (bool, error) {
	if v.SecretID == "" {
		return false, nil
	}
	held, err := tx.SecretVersion(v.SecretID, v.SecretVersion)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		return false, nil
	}
	return err == nil && c.vault.Holds(ctx, held, value), err
}

// copySecret gives the secret of a place the value of another one as its
// next. Nobody sees it in between. The vault is ready.
func (c *Control) copySecret(ctx context.Context, tx Tx, by By, from lockstep.SecretRef, place lockstep.SecretPlace) (lockstep.SecretRef, error) {
	v, err := tx.SecretVersion(from.ID, from.Version)
	if err != nil {
		return lockstep.SecretRef{}, err
	}
	return c.nextValue(tx, by, place, func() ([]byte, string, error) { return c.vault.CopyTo(ctx, v, place) })
}

func (c *Control) nextValue(tx Tx, by By, place lockstep.SecretPlace, seal func() ([]byte, string, error)) (lockstep.SecretRef, error) {
	secret, err := tx.Secret(place)
	if lockstep.CodeOf(err) == lockstep.CodeNotFound {
		secret = lockstep.Secret{ID: c.newID(), Place: place}
	} else if err != nil {
		return lockstep.SecretRef{}, err
	}
	sealed, keyID, err := seal()
	if err != nil {
		return lockstep.SecretRef{}, err
	}
	ref := lockstep.SecretRef{ID: secret.ID, Key: place.Key, Version: secret.Newest + 1}
	return ref, tx.AddSecretVersion(lockstep.SecretVersion{
		SecretRef: ref, Place: place, Sealed: sealed, KeyID: keyID, CreatedAt: c.now(), CreatedBy: by.Actor,
	})
}

// revealSecret opens one value.
func (c *Control) revealSecret(ctx context.Context, tx Tx, ref lockstep.SecretRef) (lockstep.Sensitive, error) {
	v, err := tx.SecretVersion(ref.ID, ref.Version)
	if err != nil {
		return lockstep.Sensitive{}, err
	}
	return c.vault.Open(ctx, v)
}

// OpenSecrets opens values for instances and hooks, each once. It fails for
// the first one that cannot be opened, and names it.
func (c *Control) OpenSecrets(ctx context.Context, refs []lockstep.SecretRef) (map[lockstep.SecretRef]lockstep.Sensitive, error) {
	out, err := c.openSecrets(ctx, refs)
	if err != nil && ctx.Err() == nil {
		// A rotation that ends between reading a value and opening it takes the
		// key away that the value was read under: it is sealed with another now.
		out, err = c.openSecrets(ctx, refs)
	}
	return out, err
}

func (c *Control) openSecrets(ctx context.Context, refs []lockstep.SecretRef) (map[lockstep.SecretRef]lockstep.Sensitive, error) {
	type value struct {
		id      string
		version int64
	}
	sealed, err := view(ctx, c, func(tx Tx) (map[value]lockstep.SecretVersion, error) {
		out := make(map[value]lockstep.SecretVersion, len(refs))
		for _, ref := range refs {
			if _, known := out[value{ref.ID, ref.Version}]; known {
				continue
			}
			v, err := tx.SecretVersion(ref.ID, ref.Version)
			if lockstep.CodeOf(err) == lockstep.CodeNotFound {
				return nil, lockstep.Errorf(lockstep.CodeFailed, "secret %s version %d is gone with what it belonged to: set it anew, and deploy with --with-config latest", ref.Key, ref.Version)
			}
			if err != nil {
				return nil, err
			}
			out[value{ref.ID, ref.Version}] = v
		}
		return out, nil
	})
	if err != nil {
		return nil, err
	}
	opened := make(map[value]lockstep.Sensitive, len(sealed))
	out := make(map[lockstep.SecretRef]lockstep.Sensitive, len(refs))
	for _, ref := range refs {
		at := value{ref.ID, ref.Version}
		if _, done := opened[at]; !done {
			if opened[at], err = c.vault.Open(ctx, sealed[at]); err != nil {
				return nil, err
			}
		}
		out[ref] = opened[at]
	}
	return out, nil
}
