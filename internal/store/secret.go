package store

import (
	"fmt"
	"time"

	"github.com/lockstep-dev/lockstep"
)

const selectSecret = `SELECT id, project_id, level, owner, key, newest, created_at, created_by FROM secrets`

func scanSecret(r row) (s lockstep.Secret, err error) {
	return s, r.Scan(&s.ID, &s.Place.Project, &s.Place.Level, &s.Place.Owner, &s.Place.Key, &s.Newest, at(&s.CreatedAt), &s.CreatedBy)
}

const selectSecretVersion = `SELECT s.id, s.project_id, s.level, s.owner, s.key, v.version, v.sealed, v.key_id, v.created_at, v.created_by, v.revoked_at, v.revoked_by
  FROM secret_versions v JOIN secrets s ON s.id = v.secret_id`

func scanSecretVersion(r row) (v lockstep.SecretVersion, err error) {
	err = r.Scan(&v.ID, &v.Place.Project, &v.Place.Level, &v.Place.Owner, &v.Place.Key, &v.Version, &v.Sealed, &v.KeyID,
		at(&v.CreatedAt), &v.CreatedBy, maybeAt(&v.RevokedAt), &v.RevokedBy)
	v.Key = v.Place.Key
	return v, err
}

// Secret finds the secret of a place.
func (tx *Tx) Secret(p lockstep.SecretPlace) (lockstep.Secret, error) {
	s, err := queryOne(tx, scanSecret, selectSecret+" WHERE project_id = $1 AND level = $2 AND owner = $3 AND key = $4"+tx.lockRow("secrets"),
		p.Project, p.Level, p.Owner, p.Key)
	return s, orNotFound(err, "there is no secret %s", p.Key)
}

// Secrets lists the secrets of a project by key, level and owner.
func (tx *Tx) Secrets(projectID string) ([]lockstep.Secret, error) {
	all, err := queryAll(tx, scanSecret, selectSecret+" WHERE project_id = $1 ORDER BY key, level, owner", projectID)
	return all, within(err, "list secrets")
}

// SecretsOf lists the secrets that an environment has or inherits, and besides
// those of some IDs, by key, level and owner; with all values of each by its
// ID, the newest first.
func (tx *Tx) SecretsOf(env lockstep.Environment, besides []string) ([]lockstep.Secret, map[string][]lockstep.SecretVersion, error) {
	where := ` WHERE s.project_id = $1 AND (s.level = $2 OR s.level = $3 AND s.owner = $4 OR s.level = $5 AND s.owner = $6`
	args := []any{env.ProjectID, lockstep.LevelProject, lockstep.LevelType, string(env.Type), lockstep.LevelEnvironment, env.ID}
	if len(besides) > 0 {
		var ids string
		ids, args = list(args, besides)
		where += " OR s.id IN " + ids
	}
	where += ")"
	all, err := queryAll(tx, scanSecret, selectSecret+" s"+where+" ORDER BY key, level, owner", args...)
	if err != nil {
		return nil, nil, within(err, "list secrets of %s", env.Name)
	}
	versions, err := queryAll(tx, scanSecretVersion, selectSecretVersion+where+" ORDER BY v.version DESC", args...)
	of := map[string][]lockstep.SecretVersion{}
	for _, v := range versions {
		of[v.ID] = append(of[v.ID], v)
	}
	return all, of, within(err, "list values of secrets of %s", env.Name)
}

// SecretVersion reads a value; version 0 is the newest.
func (tx *Tx) SecretVersion(id string, version int64) (lockstep.SecretVersion, error) {
	if version == 0 {
		v, err := queryOne(tx, scanSecretVersion, selectSecretVersion+" WHERE s.id = $1 AND v.version = s.newest", id)
		return v, orNotFound(err, "secret %s does not exist", id)
	}
	v, err := queryOne(tx, scanSecretVersion, selectSecretVersion+" WHERE s.id = $1 AND v.version = $2", id, version)
	return v, orNotFound(err, "secret %s has no version %d", id, version)
}

// SecretVersions lists a secret's values, the newest first.
func (tx *Tx) SecretVersions(id string) ([]lockstep.SecretVersion, error) {
	all, err := queryAll(tx, scanSecretVersion, selectSecretVersion+" WHERE s.id = $1 ORDER BY v.version DESC", id)
	return all, within(err, "list values of secret %s", id)
}

// AddSecretVersion adds the next value of a secret, and with the first one
// the secret. Its key has to be in the keyset that is stored at the commit.
func (tx *Tx) AddSecretVersion(v lockstep.SecretVersion) error {
	keyset, err := tx.keyset()
	if err != nil {
		return within(err, "secret %s", v.Place.Key)
	}
	if !keyset.Has(v.KeyID) {
		return lockstep.Errorf(lockstep.CodeUnavailable, "secret %s was sealed with a key that is not in use any more: try again", v.Place.Key)
	}
	if v.Version == 1 {
		err = tx.addSecret(v)
	} else {
		var n int64
		n, err = tx.exec("UPDATE secrets SET newest = $2 WHERE id = $1 AND newest = $3", v.ID, v.Version, v.Version-1)
		if err == nil && n == 0 {
			err = lockstep.Errorf(lockstep.CodeConflict, "secret %s was given another value meanwhile: read it and try again", v.Place.Key)
		}
	}
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO secret_versions (secret_id, version, sealed, key_id, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		v.ID, v.Version, v.Sealed, v.KeyID, micros(v.CreatedAt), v.CreatedBy)
	return tx.refused(err, fmt.Sprintf("secret %s version %d", v.Place.Key, v.Version),
		"exists already: someone else changed it meanwhile, read it and try again", "belongs to a secret that does not exist")
}

func (tx *Tx) addSecret(v lockstep.SecretVersion) error {
	p, environment := v.Place, ""
	if p.Level == lockstep.LevelEnvironment {
		environment = p.Owner
	}
	_, err := tx.exec(`INSERT INTO secrets (id, project_id, environment_id, level, owner, key, newest, created_at, created_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		v.ID, p.Project, filledOrNull(environment), p.Level, p.Owner, p.Key, v.Version, micros(v.CreatedAt), v.CreatedBy)
	return tx.refused(err, "secret "+p.Key, "was made by someone else meanwhile: read it and try again",
		"belongs to a project or an environment that does not exist")
}

// RevokeSecretVersion removes a value's ciphertext for good. A second time
// changes nothing.
func (tx *Tx) RevokeSecretVersion(id string, version int64, by string, now time.Time) error {
	n, err := tx.exec(`UPDATE secret_versions SET sealed = NULL, revoked_at = COALESCE(revoked_at, $3),
    revoked_by = CASE WHEN revoked_at IS NULL THEN $4 ELSE revoked_by END WHERE secret_id = $1 AND version = $2`,
		id, version, micros(now), by)
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeNotFound, "secret %s has no version %d", id, version)
	}
	return within(err, "revoke version %d", version)
}
