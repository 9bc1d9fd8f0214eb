-- +goose Up

-- What users and processes did in an environment, in steps of a minute and of
-- a quarter of an hour (in seconds). figures is lockstep.EnvironmentFigures as
-- JSON; covered is how many milliseconds of the step were seen. A step that
-- nobody saw has no row.
CREATE TABLE environment_metrics (
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  step           BIGINT NOT NULL,
  at             BIGINT NOT NULL,
  covered        BIGINT NOT NULL,
  figures        TEXT NOT NULL,
  PRIMARY KEY (environment_id, step, at)
);
CREATE INDEX idx_environment_metrics_age ON environment_metrics (step, at);

-- How far the figures of a host's agent have been fetched.
CREATE TABLE metric_cursors (
  host_id TEXT PRIMARY KEY,
  seq     BIGINT NOT NULL
);
