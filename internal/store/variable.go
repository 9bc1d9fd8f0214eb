package store

import (
	"fmt"
	"math"
	"strconv"

	"github.com/lockstep-dev/lockstep"
)

const selectVariable = `SELECT v.owner_kind, v.scope, v.target, v.key, v.value, v.type, v.sensitive, v.required, v.description, v.default_value,
  v.validation, v.source, v.secret_id, v.secret_version, v.updated_at, v.modified_by FROM environment_variables v`

func scanVariable(r row) (v lockstep.Variable, err error) {
	return v, r.Scan(&v.Level, &v.Scope, &v.Target, &v.Key, &v.Value, &v.Type, &v.Sensitive, &v.Required, &v.Description, &v.DefaultValue,
		exactJSON(&v.Validation), &v.Source, &v.SecretID, &v.SecretVersion, at(&v.LastModified), &v.ModifiedBy)
}

// Variables lists the own variables of an owner by scope, target and key. The
// caller knows the owner's name.
func (tx *Tx) Variables(owner lockstep.VariableOwner) ([]lockstep.Variable, error) {
	all, err := queryAll(tx, scanVariable, selectVariable+` WHERE v.project_id = $1 AND v.owner_kind = $2 AND v.owner = $3
  ORDER BY v.scope, v.target, v.key`, owner.ProjectID, string(owner.Level), owner.ID)
	return all, within(err, "variables of %s %s", owner.Level, owner.ID)
}

// PutVariable inserts a variable of an owner, or replaces the one in its slot,
// which keeps its ID.
func (tx *Tx) PutVariable(id string, owner lockstep.VariableOwner, v lockstep.Variable) error {
	var environment any
	if owner.Level == lockstep.LevelEnvironment {
		environment = owner.ID
	}
	var standard any
	if v.DefaultValue != nil {
		standard = *v.DefaultValue
	}
	_, err := tx.exec(`INSERT INTO environment_variables (id, project_id, environment_id, owner_kind, owner, scope, target, key, value, type,
    sensitive, required, description, default_value, validation, source, secret_id, secret_version, created_at, updated_at, modified_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19, $20)
  ON CONFLICT (project_id, owner_kind, owner, scope, target, key) DO UPDATE SET value = excluded.value, type = excluded.type,
    sensitive = excluded.sensitive, required = excluded.required, description = excluded.description,
    default_value = excluded.default_value, validation = excluded.validation, source = excluded.source,
    secret_id = excluded.secret_id, secret_version = excluded.secret_version, updated_at = excluded.updated_at,
    modified_by = excluded.modified_by`,
		id, owner.ProjectID, environment, string(owner.Level), owner.ID, string(v.Scope), v.Target, v.Key, v.Value, string(v.Type),
		flag(v.Sensitive), flag(v.Required), v.Description, standard, asJSON(v.Validation), string(v.Source), v.SecretID, v.SecretVersion,
		micros(v.LastModified), v.ModifiedBy)
	return tx.refused(err, fmt.Sprintf("variable %s", v.Slot()), "has the ID of another", "is of a project or an environment that does not exist")
}

// DeleteVariable removes the variable in a slot of an owner.
func (tx *Tx) DeleteVariable(owner lockstep.VariableOwner, v lockstep.Variable) error {
	n, err := tx.exec(`DELETE FROM environment_variables
  WHERE project_id = $1 AND owner_kind = $2 AND owner = $3 AND scope = $4 AND target = $5 AND key = $6`,
		owner.ProjectID, string(owner.Level), owner.ID, string(v.Scope), v.Target, v.Key)
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeNotFound, "variable %s does not exist", v.Slot())
	}
	return within(err, "variable %s", v.Slot())
}

// ConfigVersions lists the versions of an environment's configuration, the
// newest first and without documents.
func (tx *Tx) ConfigVersions(environmentID string, page lockstep.Page) ([]lockstep.ConfigVersion, string, error) {
	limit, err := limitOf(page)
	if err != nil {
		return nil, "", err
	}
	before := int64(math.MaxInt64)
	if page.Cursor != "" {
		text, err := cursorText(page.Cursor)
		if err != nil {
			return nil, "", err
		}
		if before, err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, "", badCursor()
		}
	}
	all, err := queryAll(tx, scanConfigHead, `SELECT id, environment_id, number, hash, author, message, created_at FROM config_versions
  WHERE environment_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3`, environmentID, before, limit+1)
	if err != nil {
		return nil, "", within(err, "list config versions")
	}
	all, more := cut(all, limit)
	if !more {
		return all, "", nil
	}
	return all, encodeCursor(strconv.FormatInt(all[len(all)-1].Number, 10)), nil
}

func scanConfigHead(r row) (c lockstep.ConfigVersion, err error) {
	return c, r.Scan(&c.ID, &c.EnvironmentID, &c.Number, &c.Hash, &c.Author, &c.Message, at(&c.CreatedAt))
}
