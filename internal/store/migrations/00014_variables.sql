-- +goose Up

-- The newest own variables of a project, of its environments of one type, or
-- of one environment: owner is '' then, the type, or the environment's ID,
-- which environment_id repeats. What the matrix says of services is not here
-- but in the configuration's versions. A sensitive value is not here either:
-- secret_version says which value of secret_id it has.
CREATE TABLE environment_variables (
  id             TEXT PRIMARY KEY,
  project_id     TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  environment_id TEXT REFERENCES environments (id) ON DELETE CASCADE,
  owner_kind     TEXT NOT NULL,
  owner          TEXT NOT NULL,
  scope          TEXT NOT NULL,
  target         TEXT NOT NULL,
  key            TEXT NOT NULL,
  value          TEXT NOT NULL,
  type           TEXT NOT NULL,
  sensitive      BIGINT NOT NULL DEFAULT 0,
  required       BIGINT NOT NULL DEFAULT 0,
  description    TEXT NOT NULL DEFAULT '',
  default_value  TEXT,
  validation     TEXT NOT NULL DEFAULT '{}',
  source         TEXT NOT NULL,
  secret_id      TEXT NOT NULL DEFAULT '',
  secret_version BIGINT NOT NULL DEFAULT 0,
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL,
  modified_by    TEXT NOT NULL,
  UNIQUE (project_id, owner_kind, owner, scope, target, key)
);
CREATE INDEX idx_environment_variables_env_id ON environment_variables (environment_id);
CREATE INDEX idx_environment_variables_key ON environment_variables (key);
