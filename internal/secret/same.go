package secret

import (
	"context"
	"crypto/subtle"

	"github.com/lockstep-dev/lockstep"
)

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
	return subtle.ConstantTimeCompare([]byte(x.Reveal()), []byte(y.Reveal())) == 1, nil
}
