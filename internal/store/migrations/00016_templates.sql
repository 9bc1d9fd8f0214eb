-- +goose Up

-- Templates of configurations (A), each as its newest version says it, with
-- the texts of template, variables, validation and metadata as JSON.
CREATE TABLE config_templates (
  id                TEXT PRIMARY KEY,
  project_id        TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name              TEXT NOT NULL,
  description       TEXT NOT NULL,
  type              TEXT NOT NULL,
  environment_types TEXT NOT NULL,
  template          TEXT NOT NULL,
  variables         TEXT NOT NULL,
  validation        TEXT NOT NULL,
  metadata          TEXT NOT NULL,
  number            BIGINT NOT NULL,
  hash              TEXT NOT NULL,
  created_at        BIGINT NOT NULL,
  updated_at        BIGINT NOT NULL,
  UNIQUE (project_id, name)
);
CREATE INDEX idx_config_templates_type ON config_templates (type);

-- Every version that a template had. document is what is hashed.
CREATE TABLE config_template_versions (
  template_id TEXT NOT NULL REFERENCES config_templates (id) ON DELETE CASCADE,
  number      BIGINT NOT NULL,
  version     TEXT NOT NULL,
  document    BLOB NOT NULL,
  hash        TEXT NOT NULL,
  metadata    TEXT NOT NULL,
  PRIMARY KEY (template_id, number),
  UNIQUE (template_id, version)
);

-- What templates made in environments. A template may be gone, or built in.
CREATE TABLE config_template_applications (
  id             TEXT PRIMARY KEY,
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  template_id    TEXT NOT NULL,
  template       TEXT NOT NULL,
  version        TEXT NOT NULL,
  number         BIGINT NOT NULL,
  given          TEXT NOT NULL,
  rendered       TEXT NOT NULL,
  config_version BIGINT NOT NULL,
  applied_at     BIGINT NOT NULL,
  applied_by     TEXT NOT NULL
);
CREATE INDEX idx_template_applications_environment_id ON config_template_applications (environment_id, applied_at);
CREATE INDEX idx_template_applications_template_id ON config_template_applications (template_id);
