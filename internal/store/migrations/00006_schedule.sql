-- +goose Up

-- When an operation may start, and until when it has to have started. A
-- server that does not know this starts what waits at once: nothing should be
-- scheduled while such a server still works beside.
ALTER TABLE operations ADD COLUMN scheduled_for BIGINT;
ALTER TABLE operations ADD COLUMN not_after BIGINT;
CREATE INDEX idx_operations_missed ON operations (not_after) WHERE not_after IS NOT NULL AND started_at IS NULL AND completed_at IS NULL;

-- That a deployment goes although its prerequisites were not met.
ALTER TABLE deployments ADD COLUMN forced BIGINT NOT NULL DEFAULT 0;

-- Deployments by a rule. next_at is NULL where it is paused.
CREATE TABLE schedules (
  id               TEXT PRIMARY KEY,
  project_id       TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  environment_id   TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  name             TEXT NOT NULL,
  rule             TEXT NOT NULL,
  time_zone        TEXT NOT NULL,
  release          TEXT NOT NULL,
  promote          BIGINT NOT NULL,
  from_environment TEXT NOT NULL,
  strategy         TEXT NOT NULL,
  description      TEXT NOT NULL,
  with_config      TEXT NOT NULL,
  if_missed        TEXT NOT NULL,
  grace            BIGINT NOT NULL,
  paused           BIGINT NOT NULL,
  next_at          BIGINT,
  created_at       BIGINT NOT NULL,
  created_by       TEXT NOT NULL,
  updated_at       BIGINT NOT NULL,
  UNIQUE (project_id, name)
);
CREATE INDEX idx_schedules_next ON schedules (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX idx_schedules_environment_id ON schedules (environment_id);

-- What schedules did. The key keeps two servers from doing it twice.
CREATE TABLE schedule_firings (
  schedule_id   TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
  instant       BIGINT NOT NULL,
  at            BIGINT NOT NULL,
  outcome       TEXT NOT NULL,
  deployment_id TEXT NOT NULL,
  reason        TEXT NOT NULL,
  PRIMARY KEY (schedule_id, instant)
);

-- What is deployed to an environment by itself, as JSON; NULL where nothing is.
ALTER TABLE environments ADD COLUMN automation TEXT;
CREATE INDEX idx_environments_automation ON environments (project_id) WHERE automation IS NOT NULL;
