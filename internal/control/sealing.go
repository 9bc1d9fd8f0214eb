package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// sealed is the answer to an update, and what it takes to know the same
// request again: no value of it stands in the request's hash, because a short
// secret could be guessed from that.
type sealed struct {
	Result  lockstep.ConfigUpdateResult   `json:"result"`
	Plain   string                        `json:"plain"`   // hash of the values that are not secret
	Secrets map[string]lockstep.SecretRef `json:"secrets"` // of the others, by slot
}

// sealing is change for an update that may bring secrets.
func sealing(ctx context.Context, c *Control, by By, what string, place []any, up lockstep.ConfigUpdate,
	fn func(Tx) (lockstep.ConfigUpdateResult, lockstep.VariableOwner, error),
) (lockstep.ConfigUpdateResult, error) {
	if secretive(up) {
		if err := c.vault.Ready(ctx); err != nil {
			return lockstep.ConfigUpdateResult{}, err
		}
	}
	anew := false
	out, err := change(ctx, c, by, what, append(place, withoutValues(up)), func(tx Tx) (sealed, error) {
		anew = true
		result, owner, err := fn(tx)
		if err != nil {
			return sealed{}, err
		}
		out := sealed{Result: result, Secrets: map[string]lockstep.SecretRef{}}
		own, err := tx.Variables(owner)
		if err != nil {
			return out, err
		}
		for _, v := range own {
			if v.Sensitive {
				out.Secrets[v.Slot()] = lockstep.SecretRef{ID: v.SecretID, Version: v.SecretVersion}
			}
		}
		given := valuesOf(up)
		for slot := range out.Secrets {
			if _, is := given[slot]; !is {
				delete(out.Secrets, slot)
			}
			delete(given, slot)
		}
		out.Plain, err = lockstep.Hash(given)
		return out, err
	})
	if err != nil || anew {
		return out.Result, err
	}
	return out.Result, c.sameValues(ctx, up, out)
}

// sameValues fails where a request that was answered before had other values.
func (c *Control) sameValues(ctx context.Context, up lockstep.ConfigUpdate, before sealed) error {
	given := valuesOf(up)
	same := true
	_, err := view(ctx, c, func(tx Tx) (bool, error) {
		for slot, ref := range before.Secrets {
			value, err := c.revealSecret(ctx, tx, ref)
			if err != nil {
				return false, err
			}
			same = same && value.Reveal() == given[slot]
			delete(given, slot)
		}
		return same, nil
	})
	if err != nil {
		return err
	}
	plain, err := lockstep.Hash(given)
	if err == nil && (!same || plain != before.Plain) {
		return lockstep.Errorf(lockstep.CodeConflict, "this Idempotency-Key was used for another request: use a new key for each")
	}
	return err
}

func valuesOf(up lockstep.ConfigUpdate) map[string]string {
	out := map[string]string{}
	for _, v := range up.Variables {
		if v.Value != nil {
			out[v.Slot()] = *v.Value
		}
	}
	return out
}

func withoutValues(up lockstep.ConfigUpdate) lockstep.ConfigUpdate {
	variables := make([]lockstep.VariableChange, len(up.Variables))
	for i, v := range up.Variables {
		v.Value = nil
		variables[i] = v
	}
	up.Variables = variables
	return up
}

// secretive says that an update says itself that it brings secrets. One that
// gives a known secret its next value finds the keys there.
func secretive(up lockstep.ConfigUpdate) bool {
	for _, v := range up.Variables {
		if v.Copy != nil || v.Sensitive != nil && *v.Sensitive || v.Type != nil && *v.Type == lockstep.VariableSecret {
			return true
		}
	}
	return false
}
