package secret

import (
	"context"
	"crypto/subtle"

	"github.com/lockstep-dev/lockstep"
)

// Holds says whether a value is that of a version. One that is revoked or
// cannot be opened is not.
func (k *Keyring) Holds(ctx context.Context, v lockstep.SecretVersion, value lockstep.Sensitive) bool {
	held, err := k.Open(ctx, v)
	return err == nil && same(held, value)
}

func same(x, y lockstep.Sensitive) bool {
	return subtle.ConstantTimeCompare([]byte(x.Reveal()), []byte(y.Reveal())) == 1
}

// Same says whether two values are one. Only this room sees them, and the
// answer is all that leaves it.
func (k *Keyring) Same(ctx context.Context, a, b lockstep.SecretVersion) (bool, error) {
	x, err := k.Open(ctx, a)
	if err != nil {
		return false, err
	}
	y, err := k.Open(ctx, b)
	if err != nil {
		return false, err
	}
	return same(x, y), nil
}
