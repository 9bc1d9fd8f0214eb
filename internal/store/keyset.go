package store

import (
	"context"
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectKeyset = `SELECT generation, wrapped, wrapper, keys, rotation, updated_at FROM keysets WHERE id = 'current'`

func scanKeyset(r row) (k lockstep.Keyset, err error) {
	return k, r.Scan(&k.Generation, &k.Wrapped, &k.Wrapper, fromJSON(&k.Keys), fromJSON(&k.Rotation), at(&k.UpdatedAt))
}

// keyset reads the keyset; in an Update, whoever else changes it or adds a
// value waits until that is over.
func (tx *Tx) keyset() (lockstep.Keyset, error) {
	k, err := queryOne(tx, scanKeyset, selectKeyset+tx.lockRow("keysets"))
	return k, orNotFound(err, "there is no keyset yet")
}

// Keyset reads the keyset, which is lockstep.CodeNotFound until there is one.
func (s *Store) Keyset(ctx context.Context) (k lockstep.Keyset, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		k, err = tx.keyset()
		return err
	})
	return k, err
}

// PutKeyset stores the generation after the one that is there. It is a
// conflict where that is another one by now, or where a value needs a key
// that it has not. The events are what happened by it.
func (s *Store) PutKeyset(ctx context.Context, k lockstep.Keyset, events ...lockstep.Event) error {
	return s.Update(ctx, func(tx *Tx) error {
		if err := tx.putKeyset(k); err != nil {
			return err
		}
		for _, e := range events {
			if err := tx.AppendEvent(e); err != nil {
				return err
			}
		}
		sealed, err := tx.sealed()
		if err != nil {
			return err
		}
		for key, n := range sealed {
			if !k.Has(key) {
				return lockstep.Errorf(lockstep.CodeConflict, "%d values are sealed with key %s, which the new keyset has not", n, key)
			}
		}
		return nil
	})
}

func (tx *Tx) putKeyset(k lockstep.Keyset) error {
	if k.Generation == 1 {
		_, err := tx.exec(`INSERT INTO keysets (id, generation, wrapped, wrapper, keys, rotation, updated_at) VALUES ('current', $1, $2, $3, $4, $5, $6)`,
			k.Generation, k.Wrapped, k.Wrapper, asJSON(k.Keys), orNull(k.Rotation), micros(k.UpdatedAt))
		return tx.refused(err, "the keyset", "was made by another server meanwhile", "refers to nothing")
	}
	n, err := tx.exec(`UPDATE keysets SET generation = $1, wrapped = $2, wrapper = $3, keys = $4, rotation = $5, updated_at = $6
  WHERE id = 'current' AND generation = $7`,
		k.Generation, k.Wrapped, k.Wrapper, asJSON(k.Keys), orNull(k.Rotation), micros(k.UpdatedAt), k.Generation-1)
	if err == nil && n == 0 {
		err = errKeysetMoved(k.Generation - 1)
	}
	return within(err, "keyset")
}

func errKeysetMoved(generation int64) error {
	return lockstep.Errorf(lockstep.CodeConflict, "another server has changed it meanwhile (it is not at generation %d any more): try again", generation)
}

// PutRotation changes the rotation of a generation.
func (s *Store) PutRotation(ctx context.Context, generation int64, r lockstep.KeyRotation) error {
	return s.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec("UPDATE keysets SET rotation = $1 WHERE id = 'current' AND generation = $2", asJSON(r), generation)
		if err == nil && n == 0 {
			err = errKeysetMoved(generation)
		}
		return within(err, "keyset")
	})
}

type keyCount struct {
	key string
	n   int64
}

func scanKeyCount(r row) (c keyCount, err error) { return c, r.Scan(&c.key, &c.n) }

func (tx *Tx) sealed() (map[string]int64, error) {
	counts, err := queryAll(tx, scanKeyCount, "SELECT key_id, COUNT(*) FROM secret_versions WHERE sealed IS NOT NULL GROUP BY key_id")
	out := make(map[string]int64, len(counts))
	for _, c := range counts {
		out[c.key] = c.n
	}
	return out, within(err, "count sealed values")
}

// Sealed counts values by the key that sealed them.
func (s *Store) Sealed(ctx context.Context) (counts map[string]int64, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		counts, err = tx.sealed()
		return err
	})
	return counts, err
}

// SealedOtherwise lists up to limit values that another key sealed.
func (s *Store) SealedOtherwise(ctx context.Context, key string, limit int) (all []lockstep.SecretVersion, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		all, err = queryAll(tx, scanSecretVersion, selectSecretVersion+
			" WHERE v.sealed IS NOT NULL AND v.key_id <> $1 ORDER BY v.secret_id, v.version LIMIT $2", key, limit)
		return within(err, "values of older keys")
	})
	return all, err
}

// SealedNow is one value as it is sealed by now.
func (s *Store) SealedNow(ctx context.Context, ref lockstep.SecretRef) (v lockstep.SecretVersion, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		v, err = tx.SecretVersion(ref.ID, ref.Version)
		return err
	})
	return v, err
}

// Reseal replaces ciphertexts where they still are what they were: one that
// was revoked meanwhile stays so.
func (s *Store) Reseal(ctx context.Context, values []lockstep.ResealedSecret) error {
	return s.Update(ctx, func(tx *Tx) error {
		keyset, err := tx.keyset()
		if err != nil {
			return err
		}
		for _, v := range values {
			if !keyset.Has(v.KeyID) {
				return lockstep.Errorf(lockstep.CodeConflict, "key %s is not in the keyset any more", v.KeyID)
			}
			if _, err := tx.exec("UPDATE secret_versions SET sealed = $3, key_id = $4 WHERE secret_id = $1 AND version = $2 AND key_id = $5 AND sealed IS NOT NULL",
				v.ID, v.Version, v.Sealed, v.KeyID, v.Before); err != nil {
				return fmt.Errorf("seal version %d of secret %s anew: %w", v.Version, v.ID, err)
			}
		}
		return nil
	})
}

// Hold notes which keys a server has loaded, for ttl from now by the
// database's clock. A ttl of 0 takes it off.
func (s *Store) Hold(ctx context.Context, h lockstep.KeyHolder, ttl time.Duration) error {
	return s.Update(ctx, func(tx *Tx) error {
		now, err := tx.dialect.clock(tx)
		if err != nil {
			return err
		}
		if ttl == 0 {
			_, err = tx.exec("DELETE FROM key_holders WHERE holder = $1 OR until <= $2", h.Holder, micros(now))
		} else {
			_, err = tx.exec(`INSERT INTO key_holders (holder, generation, fault, seen_at, until) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (holder) DO UPDATE SET generation = excluded.generation, fault = excluded.fault, seen_at = excluded.seen_at, until = excluded.until`,
				h.Holder, h.Generation, h.Fault, micros(now), micros(now.Add(ttl)))
		}
		return within(err, "keys of server %s", h.Holder)
	})
}

func scanHolder(r row) (h lockstep.KeyHolder, err error) {
	return h, r.Scan(&h.Holder, &h.Generation, &h.Fault, at(&h.SeenAt))
}

// Holders lists the servers that live.
func (s *Store) Holders(ctx context.Context) (all []lockstep.KeyHolder, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		now, err := tx.dialect.clock(tx)
		if err != nil {
			return err
		}
		all, err = queryAll(tx, scanHolder, "SELECT holder, generation, fault, seen_at FROM key_holders WHERE until > $1 ORDER BY holder", micros(now))
		return within(err, "servers")
	})
	return all, err
}
