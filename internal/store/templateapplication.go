package store

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

func scanApplication(r row) (a lockstep.TemplateApplication, err error) {
	return a, r.Scan(&a.ID, &a.EnvironmentID, &a.TemplateID, &a.Template, &a.Version, &a.Number, fromJSON(&a.Given), fromJSON(&a.Rendered),
		&a.ConfigVersion, at(&a.AppliedAt), &a.AppliedBy)
}

// AddTemplateApplication keeps what a template made in an environment.
func (tx *Tx) AddTemplateApplication(a lockstep.TemplateApplication) error {
	_, err := tx.exec(`INSERT INTO config_template_applications (id, environment_id, template_id, template, version, number, given, rendered, config_version, applied_at, applied_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		a.ID, a.EnvironmentID, a.TemplateID, a.Template, a.Version, a.Number, asJSON(a.Given), asJSON(a.Rendered), a.ConfigVersion, micros(a.AppliedAt), a.AppliedBy)
	return tx.refused(err, fmt.Sprintf("application of template %s", a.Template), "exists already", "is to an environment that does not exist")
}

// keptApplications is how many of an environment are listed.
const keptApplications = 200

// TemplateApplications lists what templates made in an environment, the
// latest first, without what it was.
func (tx *Tx) TemplateApplications(environmentID string) ([]lockstep.TemplateApplication, error) {
	all, err := queryAll(tx, scanApplication, `SELECT id, environment_id, template_id, template, version, number, given, '{}', config_version, applied_at, applied_by
  FROM config_template_applications WHERE environment_id = $1 ORDER BY applied_at DESC, id DESC LIMIT $2`, environmentID, keptApplications)
	return all, within(err, "templates of environment %s", environmentID)
}

// TemplateApplication reads the latest of a template in an environment.
func (tx *Tx) TemplateApplication(environmentID, templateID string) (lockstep.TemplateApplication, error) {
	a, err := queryOne(tx, scanApplication, `SELECT id, environment_id, template_id, template, version, number, given, rendered, config_version, applied_at, applied_by
  FROM config_template_applications WHERE environment_id = $1 AND template_id = $2 ORDER BY applied_at DESC, id DESC LIMIT 1`, environmentID, templateID)
	return a, orNotFound(err, "the template was not applied to this environment yet")
}

// TemplateUsers lists the names of the environments that a template was
// applied to.
func (tx *Tx) TemplateUsers(templateID string) ([]string, error) {
	all, err := queryAll(tx, scanText, `SELECT DISTINCT e.name FROM config_template_applications a JOIN environments e ON e.id = a.environment_id
  WHERE a.template_id = $1 ORDER BY e.name`, templateID)
	return all, within(err, "environments of template %s", templateID)
}
