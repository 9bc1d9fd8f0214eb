package control

import (
	"context"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// RevokeSecret removes a value of a secret for good. It is refused while
// somebody has it, or may have, unless it is forced.
func (c *Control) RevokeSecret(ctx context.Context, by By, projectName, environmentRef, key string, req lockstep.SecretRevocation) (lockstep.SecretUse, error) {
	if err := policy.Decide(policy.Question{Action: policy.RevokeSecret, Actor: by.Actor, Now: c.now()}).Err(); err != nil {
		return lockstep.SecretUse{}, err
	}
	uses, err := c.SecretUses(ctx, projectName, environmentRef, key)
	if err != nil {
		return lockstep.SecretUse{}, err
	}
	use, err := oneSecret(uses, key, req.SecretID)
	if err != nil {
		return use, err
	}
	at, err := valueOf(use, req.Version)
	if err != nil {
		return use, err
	}
	if !req.Force {
		if err := revocable(use, use.Versions[at]); err != nil {
			return use, err
		}
	}
	revoked, err := change(ctx, c, by, "revoke secret", []any{projectName, environmentRef, key, req}, func(tx Tx) (lockstep.SecretVersion, error) {
		if !req.Force {
			if err := stillFree(tx, use, projectName, environmentRef, key, req.Version); err != nil {
				return lockstep.SecretVersion{}, err
			}
			if err := unsaid(tx, use, req.Version); err != nil {
				return lockstep.SecretVersion{}, err
			}
		}
		now := c.now()
		if err := tx.RevokeSecretVersion(use.Secret.ID, req.Version, by.Actor, now); err != nil {
			return lockstep.SecretVersion{}, err
		}
		data := map[string]any{"key": use.Secret.Place.Key, "level": use.Secret.Place.Level, "owner": use.Owner, "version": req.Version, "forced": req.Force}
		environmentID := ""
		if use.Secret.Place.Level == lockstep.LevelEnvironment {
			environmentID = use.Secret.Place.Owner
		}
		if err := c.event(tx, lockstep.EventSecretRevoked, use.Secret.Place.Project, environmentID, "", by, data); err != nil {
			return lockstep.SecretVersion{}, err
		}
		return tx.SecretVersion(use.Secret.ID, req.Version)
	})
	use.Versions[at].SecretVersion = revoked
	return use, err
}

// oneSecret is the one that is meant, among those of a key.
func oneSecret(uses []lockstep.SecretUse, key, id string) (lockstep.SecretUse, error) {
	if id == "" && len(uses) == 1 {
		return uses[0], nil
	}
	err := lockstep.Errorf(lockstep.CodeConflict, "there are %d secrets %s: name one by its ID (--secret-id)", len(uses), key)
	if id != "" {
		err = lockstep.Errorf(lockstep.CodeNotFound, "%s is no secret %s", id, key)
	}
	for _, u := range uses {
		if u.Secret.ID == id {
			return u, nil
		}
		err.Problems = append(err.Problems, lockstep.Problem{Field: u.Secret.ID, Message: u.Secret.Place.Key + " of " + string(u.Secret.Place.Level) + " " + u.Owner})
	}
	return lockstep.SecretUse{}, err
}

func valueOf(use lockstep.SecretUse, version int64) (int, error) {
	for i, v := range use.Versions {
		if v.Version == version {
			return i, nil
		}
	}
	return 0, lockstep.Errorf(lockstep.CodeNotFound, "secret %s has no version %d: its newest is %d", use.Secret.Place.Key, version, use.Secret.Newest)
}

func revocable(use lockstep.SecretUse, v lockstep.SecretVersionUse) error {
	key := use.Secret.Place.Key
	switch {
	case v.RevokedAt != nil:
		return nil
	case v.InUse():
		return lockstep.Errorf(lockstep.CodeConflict, "secret %s version %d is in use by %s: deploy a newer value first (--with-config latest), or take it away all the same (--force)", key, v.Version, holders(v))
	case v.Version == use.Secret.Newest:
		return lockstep.Errorf(lockstep.CodeConflict, "secret %s version %d is its newest value, and the next deployment would need it: set another value first, or take it away all the same (--force)", key, v.Version)
	case len(use.Unseen) > 0:
		return lockstep.Errorf(lockstep.CodeConflict, "whether secret %s version %d is in use cannot be seen: the host of %s does not answer; try again, or take it away all the same (--force)", key, v.Version, use.Unseen[0])
	}
	return nil
}

// unsaid refuses a value that a configuration says now, although there is a
// newer one: a restore and the undoing of a sync bring earlier values back.
func unsaid(tx Tx, use lockstep.SecretUse, version int64) error {
	place := use.Secret.Place
	own, err := tx.Variables(lockstep.VariableOwner{ProjectID: place.Project, Level: place.Level, ID: place.Owner})
	if err != nil {
		return err
	}
	for _, v := range own {
		if v.SecretID == use.Secret.ID && v.SecretVersion == version {
			return lockstep.Errorf(lockstep.CodeConflict, "secret %s version %d is what %s %s says now, and the next deployment would need it: set another value first, or take it away all the same (--force)",
				place.Key, version, place.Level, use.Owner)
		}
	}
	return nil
}

// stillFree looks for deployments that have come since the hosts were asked.
func stillFree(tx Tx, use lockstep.SecretUse, projectName, environmentRef, key string, version int64) error {
	f, err := findSecrets(tx, projectName, environmentRef, key)
	if err != nil {
		return err
	}
	for _, u := range f.places {
		for _, r := range u.revisions {
			for _, ref := range r.Content.SecretRefs() {
				if ref.ID == use.Secret.ID && ref.Version == version {
					return lockstep.Errorf(lockstep.CodeConflict, "secret %s version %d is needed by revision %s of %s since a moment ago: look again (lockstep vars who-uses)",
						use.Secret.Place.Key, version, lockstep.ShortHash(r.Hash), u.env.Name)
				}
			}
		}
	}
	return nil
}
