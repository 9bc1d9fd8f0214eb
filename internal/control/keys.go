package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// Keys are what the vault seals with.
type Keys interface {
	Status(ctx context.Context) (lockstep.KeyStatus, error)
	Rotate(ctx context.Context, by string) error // begins it, with its event; a conflict where one is under way
}

// KeyStatus is how the keys are, and how far their rotation is.
func (c *Control) KeyStatus(ctx context.Context) (lockstep.KeyStatus, error) {
	return c.keys.Status(ctx)
}

// RotateKeys begins a rotation of the keys, which goes on by itself.
func (c *Control) RotateKeys(ctx context.Context, by By) (lockstep.KeyStatus, error) {
	if err := policy.Decide(policy.Question{Action: policy.RotateKeys, Actor: by.Actor, Now: c.now()}).Err(); err != nil {
		return lockstep.KeyStatus{}, err
	}
	if by.DryRun {
		return c.keys.Status(ctx)
	}
	if err := c.keys.Rotate(ctx, by.Actor); err != nil {
		return lockstep.KeyStatus{}, err
	}
	return c.keys.Status(ctx)
}
