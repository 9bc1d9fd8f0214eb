package store

import (
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// NewestConfigVersions reads the newest configuration of each of some
// environments, by environment; one without any is not among them. All
// documents are in memory at once: ask for few.
func (tx *Tx) NewestConfigVersions(environmentIDs []string) (map[string]lockstep.ConfigVersion, error) {
	out := make(map[string]lockstep.ConfigVersion, len(environmentIDs))
	if len(environmentIDs) == 0 {
		return out, nil
	}
	in, args := listed(nil, environmentIDs)
	all, err := queryAll(tx, scanConfig, `SELECT c.id, c.environment_id, c.number, c.document, c.hash, c.author, c.message, c.created_at FROM config_versions c
  JOIN (SELECT environment_id AS of, max(number) AS newest FROM config_versions WHERE environment_id IN (`+in+`) GROUP BY environment_id) n
    ON n.of = c.environment_id AND n.newest = c.number`, args...)
	for _, c := range all {
		out[c.EnvironmentID] = c
	}
	return out, within(err, "newest configurations")
}

// VariablesOf is Variables of several owners of one level, by their IDs.
func (tx *Tx) VariablesOf(projectID string, level lockstep.VariableLevel, ids []string) (map[string][]lockstep.Variable, error) {
	out := make(map[string][]lockstep.Variable, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	type owned struct {
		owner string
		v     lockstep.Variable
	}
	scan := func(r row) (o owned, err error) {
		o.v, err = scanVariable(ownedRow{r, &o.owner})
		return o, err
	}
	in, args := listed([]any{projectID, string(level)}, ids)
	all, err := queryAll(tx, scan, strings.Replace(selectVariable, "SELECT ", "SELECT v.owner, ", 1)+`
  WHERE v.project_id = $1 AND v.owner_kind = $2 AND v.owner IN (`+in+`) ORDER BY v.owner, v.scope, v.target, v.key`, args...)
	for _, o := range all {
		out[o.owner] = append(out[o.owner], o.v)
	}
	return out, within(err, "variables of %ss", level)
}

// ownedRow is a row that begins with whose it is.
type ownedRow struct {
	row
	owner *string
}

func (r ownedRow) Scan(dest ...any) error { return r.row.Scan(append([]any{r.owner}, dest...)...) }

// listed are the places of a list in a statement, after those of args.
func listed(args []any, list []string) (places string, all []any) {
	names := make([]string, len(list))
	for i, one := range list {
		args = append(args, one)
		names[i] = arg(len(args))
	}
	return strings.Join(names, ", "), args
}
