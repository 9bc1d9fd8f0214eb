package store

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

const selectConfig = `SELECT id, environment_id, number, document, hash, author, message, created_at FROM config_versions`

func scanConfig(r row) (c lockstep.ConfigVersion, err error) {
	var document []byte
	if err := r.Scan(&c.ID, &c.EnvironmentID, &c.Number, &document, &c.Hash, &c.Author, &c.Message, at(&c.CreatedAt)); err != nil {
		return c, err
	}
	return c, fromCanonical(document, c.Hash, &c.Document)
}

// AddConfigVersion inserts a config version, whose number is new in its
// environment.
func (tx *Tx) AddConfigVersion(c lockstep.ConfigVersion) error {
	document, err := canonical(c.Document, c.Hash)
	if err != nil {
		return within(err, "config version %d", c.Number)
	}
	_, err = tx.exec(`INSERT INTO config_versions (id, environment_id, number, document, hash, author, message, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, c.EnvironmentID, c.Number, document, c.Hash, c.Author, c.Message, micros(c.CreatedAt))
	return tx.refused(err, fmt.Sprintf("config version %d", c.Number),
		"exists already: someone else changed the configuration meanwhile, read it and try again", "belongs to an environment that does not exist")
}

// ConfigVersion reads a config version by number; 0 is the newest.
func (tx *Tx) ConfigVersion(environmentID string, number int64) (lockstep.ConfigVersion, error) {
	if number == 0 {
		c, err := queryOne(tx, scanConfig, selectConfig+" WHERE environment_id = $1 ORDER BY number DESC LIMIT 1", environmentID)
		return c, orNotFound(err, "the environment has no configuration yet")
	}
	c, err := queryOne(tx, scanConfig, selectConfig+" WHERE environment_id = $1 AND number = $2", environmentID, number)
	return c, orNotFound(err, "config version %d does not exist in this environment", number)
}

// canonical is the bytes that are stored, which have to have the hash.
func canonical(v any, hash string) ([]byte, error) {
	b, err := lockstep.Canonical(v)
	if err != nil {
		return nil, err
	}
	if actual := lockstep.HashBytes(b); actual != hash {
		return nil, lockstep.Invalid("hash", "the content's hash is %s, not %s", actual, hash)
	}
	return b, nil
}

// fromCanonical reads what was stored, if it is what was hashed.
func fromCanonical(b []byte, hash string, dest any) error {
	if actual := lockstep.HashBytes(b); actual != hash {
		return lockstep.Errorf(lockstep.CodeFailed, "a stored document does not match its hash %s: the database is damaged; restore a backup", lockstep.ShortHash(hash))
	}
	// Numbers of unknown type stay as they are written: a document that is
	// written again is the same.
	decoder := json.NewDecoder(bytes.NewReader(b))
	decoder.UseNumber()
	if err := decoder.Decode(dest); err != nil {
		return fmt.Errorf("document %s: %w", lockstep.ShortHash(hash), err)
	}
	return nil
}
