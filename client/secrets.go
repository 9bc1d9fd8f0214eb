package client

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// KeyStatus is how the keys are that secrets are sealed with.
func (c *Client) KeyStatus(ctx context.Context) (lockstep.KeyStatus, error) {
	return get[lockstep.KeyStatus](ctx, c, "/api/system/keys", nil)
}

// RotateKeys begins a rotation of the keys.
func (c *Client) RotateKeys(ctx context.Context) (lockstep.KeyStatus, error) {
	return post[lockstep.KeyStatus](ctx, c, "/api/system/keys/rotate", nil, nil)
}

// SecretUses says who has which value of a key's secrets.
func (c *Client) SecretUses(ctx context.Context, environment, key string) (List[lockstep.SecretUse], error) {
	return get[List[lockstep.SecretUse]](ctx, c, environments+"/"+seg(environment)+"/variables/"+seg(key)+"/uses", nil)
}

// RevokeSecret removes a value of a secret for good.
func (c *Client) RevokeSecret(ctx context.Context, environment, key string, req lockstep.SecretRevocation) (lockstep.SecretUse, error) {
	return post[lockstep.SecretUse](ctx, c, environments+"/"+seg(environment)+"/variables/"+seg(key)+"/revoke", nil, req)
}
