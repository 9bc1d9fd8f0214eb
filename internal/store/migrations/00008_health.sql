-- +goose Up

-- Changes of state, not each check. response_time is in milliseconds.
CREATE TABLE environment_health_checks (
  id             TEXT PRIMARY KEY,
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  service_name   TEXT NOT NULL,
  status         TEXT NOT NULL,
  response_time  BIGINT,
  error_message  TEXT,
  checked_at     BIGINT NOT NULL,
  metadata       TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX idx_environment_health_checks_env_id ON environment_health_checks (environment_id, checked_at);
CREATE INDEX idx_environment_health_checks_checked_at ON environment_health_checks (checked_at);

-- How each service is, as JSON: what a server that starts goes on from.
CREATE TABLE health_states (
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  service_name   TEXT NOT NULL,
  status         TEXT NOT NULL,
  state          TEXT NOT NULL,
  updated_at     BIGINT NOT NULL,
  PRIMARY KEY (environment_id, service_name)
);

-- How long a service was observed, and up, within a minute (resolution 60) or
-- a quarter of an hour (900) that began at bucket; in milliseconds. The
-- service '' is the environment: what users' requests go to.
CREATE TABLE health_rollups (
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  resolution     BIGINT NOT NULL,
  bucket         BIGINT NOT NULL,
  service_name   TEXT NOT NULL,
  observed       BIGINT NOT NULL,
  up             BIGINT NOT NULL,
  PRIMARY KEY (environment_id, resolution, bucket, service_name)
);
CREATE INDEX idx_health_rollups_bucket ON health_rollups (resolution, bucket);

-- How each alert is that has not always been well.
CREATE TABLE alerts (
  environment_id  TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  name            TEXT NOT NULL,
  condition       TEXT NOT NULL,
  state           TEXT NOT NULL,
  since           BIGINT NOT NULL,
  summary         TEXT NOT NULL,
  acknowledged_by TEXT NOT NULL,
  acknowledged_at BIGINT,
  comment         TEXT NOT NULL,
  PRIMARY KEY (environment_id, name)
);

-- Duties that one of several servers has.
CREATE TABLE leases (
  name   TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until  BIGINT NOT NULL
);
