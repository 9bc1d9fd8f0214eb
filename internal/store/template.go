package store

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

const selectTemplate = `SELECT t.id, t.project_id, t.name, t.description, t.type, t.environment_types, t.template, t.variables, t.validation, t.metadata, t.number, t.hash
  FROM config_templates t`

func scanTemplate(r row) (t lockstep.ConfigTemplate, err error) {
	return t, r.Scan(&t.ID, &t.ProjectID, &t.Name, &t.Description, &t.Type, fromJSON(&t.EnvironmentTypes), fromJSON(&t.Template),
		fromJSON(&t.Variables), fromJSON(&t.Validation), fromJSON(&t.Metadata), &t.Number, &t.Hash)
}

// Template reads the newest version of a template of a project, by ID or
// name.
func (tx *Tx) Template(projectID, idOrName string) (lockstep.ConfigTemplate, error) {
	t, err := queryOne(tx, scanTemplate, selectTemplate+" WHERE t.project_id = $2 AND (t.id = $1 OR t.name = $1) ORDER BY CASE WHEN t.id = $1 THEN 0 ELSE 1 END"+
		tx.lockRow("t"), idOrName, projectID)
	return t, orNotFound(err, "template %q does not exist: lockstep template list shows those that do", idOrName)
}

// Templates lists the newest versions of the templates of a project by name,
// without what they make.
func (tx *Tx) Templates(projectID string) ([]lockstep.ConfigTemplate, error) {
	all, err := queryAll(tx, scanTemplate, `SELECT t.id, t.project_id, t.name, t.description, t.type, t.environment_types, '{}', t.variables, t.validation, t.metadata, t.number, t.hash
  FROM config_templates t WHERE t.project_id = $1 ORDER BY t.name`, projectID)
	return all, within(err, "list templates")
}

// PutTemplate inserts a template, or makes a new version of the one with its
// ID. The numbers of versions and their versions are each new.
func (tx *Tx) PutTemplate(t lockstep.ConfigTemplate) error {
	document, err := canonical(t.Says(), t.Hash)
	if err != nil {
		return within(err, "template %q", t.Name)
	}
	_, err = tx.exec(`INSERT INTO config_templates (id, project_id, name, description, type, environment_types, template, variables, validation, metadata, number, hash, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, description = excluded.description, type = excluded.type, environment_types = excluded.environment_types,
    template = excluded.template, variables = excluded.variables, validation = excluded.validation, metadata = excluded.metadata,
    number = excluded.number, hash = excluded.hash, updated_at = excluded.updated_at`,
		t.ID, t.ProjectID, t.Name, t.Description, string(t.Type), asJSON(t.EnvironmentTypes), asJSON(t.Template), asJSON(t.Variables), asJSON(t.Validation),
		asJSON(t.Metadata), t.Number, t.Hash, micros(t.Metadata.CreatedAt), micros(t.Metadata.UpdatedAt))
	if err != nil {
		return tx.refused(err, fmt.Sprintf("template %q", t.Name), "exists already in its project", "belongs to a project that does not exist")
	}
	_, err = tx.exec(`INSERT INTO config_template_versions (template_id, number, version, document, hash, metadata) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.ID, t.Number, t.Metadata.Version, document, t.Hash, asJSON(t.Metadata))
	return tx.refused(err, fmt.Sprintf("version %s of template %q", t.Metadata.Version, t.Name), "exists already: what a version says never changes", "is of no template")
}

// DeleteTemplate removes a template with its versions. What it made in
// environments stays.
func (tx *Tx) DeleteTemplate(id string) error {
	n, err := tx.exec("DELETE FROM config_templates WHERE id = $1", id)
	if err == nil && n == 0 {
		return lockstep.Errorf(lockstep.CodeNotFound, "template %s does not exist", id)
	}
	return within(err, "template %s", id)
}

// templateVersion is a stored version, before it is laid over its template.
type templateVersion struct {
	number   int64
	document []byte
	hash     string
	metadata lockstep.TemplateMetadata
}

func scanTemplateVersion(r row) (v templateVersion, err error) {
	return v, r.Scan(&v.number, &v.document, &v.hash, fromJSON(&v.metadata))
}

// over is a template as a version of it says it.
func (v templateVersion) over(t lockstep.ConfigTemplate) (lockstep.ConfigTemplate, error) {
	t.Number, t.Hash, t.Metadata = v.number, v.hash, v.metadata
	if v.document == nil {
		t.Template = lockstep.TemplateContent{}
		return t, nil
	}
	var d lockstep.TemplateDocument
	if err := fromCanonical(v.document, v.hash, &d); err != nil {
		return t, err
	}
	t.Description, t.Type, t.EnvironmentTypes = d.Description, d.Type, d.EnvironmentTypes
	t.Template, t.Variables, t.Validation = d.Template, d.Variables, d.Validation
	return t, nil
}

// TemplateVersion reads a version of a template by what it is called (1.2.0).
func (tx *Tx) TemplateVersion(projectID, idOrName, version string) (lockstep.ConfigTemplate, error) {
	t, err := tx.Template(projectID, idOrName)
	if err != nil {
		return t, err
	}
	v, err := queryOne(tx, scanTemplateVersion, `SELECT number, document, hash, metadata FROM config_template_versions WHERE template_id = $1 AND version = $2`, t.ID, version)
	if err != nil {
		return t, orNotFound(err, "template %s has no version %q: lockstep template versions %s shows those that it has", t.Name, version, t.Name)
	}
	return v.over(t)
}

// TemplateVersions lists a template's versions, the newest first, without
// what they make.
func (tx *Tx) TemplateVersions(projectID, idOrName string) ([]lockstep.ConfigTemplate, error) {
	t, err := tx.Template(projectID, idOrName)
	if err != nil {
		return nil, err
	}
	all, err := queryAll(tx, scanTemplateVersion, `SELECT number, NULL, hash, metadata FROM config_template_versions WHERE template_id = $1 ORDER BY number DESC`, t.ID)
	out := make([]lockstep.ConfigTemplate, 0, len(all))
	for _, v := range all {
		one, err := v.over(t)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, within(err, "versions of template %s", t.Name)
}
