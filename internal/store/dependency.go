package store

import (
	"time"

	"github.com/google/uuid"

	"github.com/lockstep-dev/lockstep"
)

// Dependencies are rows of environment_services: what an environment depends
// on and we do not run.

type ownedDependency struct {
	environment string
	record      lockstep.DependencyRecord
}

func scanDependency(r row) (d ownedDependency, err error) {
	var endpoints []string
	var check struct {
		Check *lockstep.CheckSpec `json:"check"`
	}
	err = r.Scan(&d.environment, &d.record.Name, &d.record.Type, exactJSON(&d.record.Config), fromJSON(&endpoints), fromJSON(&check))
	d.record.Check = check.Check
	if len(endpoints) > 0 {
		d.record.Endpoint = endpoints[0]
	}
	return d, err
}

const selectDependency = `SELECT s.environment_id, s.name, s.type, s.config, s.endpoints, s.health_check FROM environment_services s`

func (tx *Tx) dependenciesOf(environmentID string) ([]lockstep.DependencyRecord, error) {
	rows, err := queryAll(tx, scanDependency, selectDependency+" WHERE s.environment_id = $1 ORDER BY s.position", environmentID)
	var out []lockstep.DependencyRecord
	for _, d := range rows {
		out = append(out, d.record)
	}
	return out, within(err, "read dependencies")
}

// withDependencies completes environments that were read with a condition.
func (tx *Tx) withDependencies(all []lockstep.Environment, where string, args ...any) ([]lockstep.Environment, error) {
	rows, err := queryAll(tx, scanDependency, selectDependency+" JOIN environments e ON e.id = s.environment_id "+where+" ORDER BY s.environment_id, s.position", args...)
	if err != nil {
		return nil, within(err, "read dependencies")
	}
	byEnvironment := map[string][]lockstep.DependencyRecord{}
	for _, d := range rows {
		byEnvironment[d.environment] = append(byEnvironment[d.environment], d.record)
	}
	for i, e := range all {
		all[i].Spec.Dependencies = byEnvironment[e.ID]
	}
	return all, nil
}

// putDependencies makes the rows those of the list; a row keeps its ID as
// long as its name stays.
func (tx *Tx) putDependencies(environmentID string, all []lockstep.DependencyRecord, now time.Time) error {
	names, err := queryAll(tx, scanText, "SELECT name FROM environment_services WHERE environment_id = $1", environmentID)
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, name := range names {
		gone[name] = true
	}
	for i, d := range all {
		delete(gone, d.Name)
		endpoints := []string{}
		if d.Endpoint != "" {
			endpoints = append(endpoints, d.Endpoint)
		}
		check := map[string]any{} // empty where the endpoint says it all
		if d.Check != nil {
			check["check"] = d.Check
		}
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		if _, err := tx.exec(`INSERT INTO environment_services (id, environment_id, position, name, type, config, endpoints, health_check, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
  ON CONFLICT (environment_id, name) DO UPDATE SET position = excluded.position, type = excluded.type, config = excluded.config,
    endpoints = excluded.endpoints, health_check = excluded.health_check, updated_at = excluded.updated_at`,
			id.String(), environmentID, i, d.Name, string(d.Type), asJSON(d.Config), asJSON(endpoints), asJSON(check), micros(now)); err != nil {
			return within(err, "dependency %q", d.Name)
		}
	}
	for name := range gone {
		if _, err := tx.exec("DELETE FROM environment_services WHERE environment_id = $1 AND name = $2", environmentID, name); err != nil {
			return within(err, "dependency %q", name)
		}
	}
	return nil
}

// markDisabled makes the rows say what their environment does, whose list is
// the truth: it knows the services that we run, too.
func (tx *Tx) markDisabled(environmentID string, disabled []string) error {
	if _, err := tx.exec("UPDATE environment_services SET enabled = 1 WHERE environment_id = $1 AND enabled <> 1", environmentID); err != nil {
		return within(err, "enable dependencies")
	}
	for _, name := range disabled {
		if _, err := tx.exec("UPDATE environment_services SET enabled = 0 WHERE environment_id = $1 AND name = $2", environmentID, name); err != nil {
			return within(err, "dependency %q", name)
		}
	}
	return nil
}

func namesOrNull(names []string) any {
	if len(names) == 0 {
		return nil
	}
	return asJSON(names)
}
