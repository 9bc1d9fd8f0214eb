-- +goose Up

-- Which environments an operation of kind sync is about, as JSON.
ALTER TABLE operations ADD COLUMN config_sync TEXT;

-- Configuration sync history. A sync has the ID of its operation, whose end is
-- written here together with it. Both environments may be gone by now: their
-- names stay. The numbers are of config versions: what was brought over, what
-- it was laid over, and what came of it (0: nothing has changed).
CREATE TABLE config_sync_history (
  id                    TEXT PRIMARY KEY REFERENCES operations (id),
  source_environment_id TEXT REFERENCES environments (id) ON DELETE SET NULL,
  target_environment_id TEXT REFERENCES environments (id) ON DELETE SET NULL,
  sync_type             TEXT NOT NULL,
  status                TEXT NOT NULL,
  changes               TEXT NOT NULL DEFAULT '[]',
  started_at            BIGINT NOT NULL,
  completed_at          BIGINT,
  duration              BIGINT,
  started_by            TEXT NOT NULL,
  error                 TEXT,
  project_id            TEXT NOT NULL,
  source                TEXT NOT NULL,
  target                TEXT NOT NULL,
  options               TEXT NOT NULL,
  source_version        BIGINT NOT NULL,
  target_version        BIGINT NOT NULL,
  new_version           BIGINT NOT NULL DEFAULT 0,
  deployment_id         TEXT NOT NULL DEFAULT '',
  undone                TEXT
);
CREATE INDEX idx_config_sync_history_source_target ON config_sync_history (source_environment_id, target_environment_id);
CREATE INDEX idx_config_sync_history_target ON config_sync_history (target_environment_id, id);
CREATE INDEX idx_config_sync_history_project ON config_sync_history (project_id, id);
