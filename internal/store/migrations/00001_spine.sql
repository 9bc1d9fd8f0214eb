-- Written for SQLite; the dialect turns TEXT into TEXT COLLATE "C" and BLOB
-- into BYTEA for PostgreSQL. Times are UTC microseconds since 1970, durations
-- milliseconds, booleans 0 or 1, JSON is TEXT, '' stands for "none".

CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('events', 0), ('events_pruned', 0), ('fence', 0);

CREATE TABLE projects (
  id                     TEXT PRIMARY KEY,
  name                   TEXT NOT NULL UNIQUE,
  matrix                 BLOB NOT NULL,
  matrix_version         BIGINT NOT NULL,
  pipeline               TEXT NOT NULL,
  current_environment_id TEXT NOT NULL,
  current_epoch          BIGINT NOT NULL,
  created_at             BIGINT NOT NULL,
  updated_at             BIGINT NOT NULL
);

-- What the matrix says of an environment is spread over config, database,
-- cache, storage, security, monitoring, deployment and isolation, and over
-- environment_services; it is put together again on reading.
CREATE TABLE environments (
  id                 TEXT PRIMARY KEY,
  project_id         TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name               TEXT NOT NULL,
  type               TEXT NOT NULL,
  status             TEXT NOT NULL,
  description        TEXT NOT NULL,
  config             TEXT NOT NULL,
  database           TEXT NOT NULL,
  cache              TEXT NOT NULL,
  storage            TEXT NOT NULL,
  security           TEXT NOT NULL,
  monitoring         TEXT NOT NULL,
  deployment         TEXT NOT NULL,
  isolation          TEXT NOT NULL,
  metadata           TEXT NOT NULL,
  host_id            TEXT NOT NULL,
  active_revision_id TEXT NOT NULL,
  warm_revision_id   TEXT NOT NULL,
  warm_until         BIGINT,
  created_at         BIGINT NOT NULL,
  updated_at         BIGINT NOT NULL,
  UNIQUE (project_id, name)
);
CREATE INDEX idx_environments_type ON environments (type);
CREATE INDEX idx_environments_status ON environments (status);
CREATE INDEX idx_environments_warm ON environments (warm_until) WHERE warm_until IS NOT NULL;

CREATE TABLE environment_services (
  id             TEXT PRIMARY KEY,
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  position       BIGINT NOT NULL,
  name           TEXT NOT NULL,
  type           TEXT NOT NULL,
  enabled        BIGINT NOT NULL DEFAULT 1,
  config         TEXT NOT NULL,
  endpoints      TEXT NOT NULL DEFAULT '[]',
  dependencies   TEXT NOT NULL DEFAULT '[]',
  health_check   TEXT NOT NULL DEFAULT '{}',
  monitoring     TEXT NOT NULL DEFAULT '{}',
  scaling        TEXT NOT NULL DEFAULT '{}',
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL,
  UNIQUE (environment_id, name)
);
CREATE INDEX idx_environment_services_env_id ON environment_services (environment_id);
CREATE INDEX idx_environment_services_type ON environment_services (type);

CREATE TABLE config_versions (
  id             TEXT PRIMARY KEY,
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  number         BIGINT NOT NULL,
  document       BLOB NOT NULL,
  hash           TEXT NOT NULL,
  author         TEXT NOT NULL,
  message        TEXT NOT NULL,
  created_at     BIGINT NOT NULL,
  UNIQUE (environment_id, number)
);

CREATE TABLE releases (
  id         TEXT PRIMARY KEY,
  project_id TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  version    TEXT NOT NULL,
  services   TEXT NOT NULL,
  notes      TEXT NOT NULL,
  source     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  UNIQUE (project_id, version)
);
CREATE INDEX idx_releases_newest ON releases (project_id, created_at, id);

CREATE TABLE revisions (
  id             TEXT PRIMARY KEY,
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  hash           TEXT NOT NULL,
  content        BLOB NOT NULL,
  release_id     TEXT NOT NULL,
  created_at     BIGINT NOT NULL,
  created_by     TEXT NOT NULL,
  UNIQUE (environment_id, hash)
);

-- environment_id is no reference: the journal outlives its environment.
-- completed_at is set exactly where the status is a final one.
CREATE TABLE operations (
  id               TEXT PRIMARY KEY,
  kind             TEXT NOT NULL,
  project_id       TEXT NOT NULL,
  environment_id   TEXT NOT NULL,
  status           TEXT NOT NULL,
  phase            TEXT NOT NULL,
  undo_cause       TEXT NOT NULL,
  revision_id      TEXT NOT NULL,
  priority         BIGINT NOT NULL,
  locks            TEXT NOT NULL,
  fence            BIGINT NOT NULL,
  worker           TEXT NOT NULL,
  lease_until      BIGINT,
  cancel_requested BIGINT NOT NULL,
  error            TEXT,
  created_at       BIGINT NOT NULL,
  created_by       TEXT NOT NULL,
  started_at       BIGINT,
  completed_at     BIGINT
);
CREATE INDEX idx_operations_queue ON operations (priority DESC, created_at, id) WHERE status = 'pending' AND lease_until IS NULL;
CREATE INDEX idx_operations_heads ON operations (environment_id, priority DESC, created_at, id) WHERE status = 'pending';
CREATE INDEX idx_operations_leases ON operations (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX idx_operations_open ON operations (environment_id) WHERE completed_at IS NULL;

-- What an operation wants to hold; operation_locks is what is held.
CREATE TABLE operation_resources (
  operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  resource     TEXT NOT NULL,
  PRIMARY KEY (operation_id, resource)
);

CREATE TABLE operation_locks (
  resource     TEXT PRIMARY KEY,
  operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  taken_at     BIGINT NOT NULL
);
CREATE INDEX idx_operation_locks_operation ON operation_locks (operation_id);

CREATE TABLE operation_steps (
  operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  seq          BIGINT NOT NULL,
  phase        TEXT NOT NULL,
  name         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  action       TEXT NOT NULL,
  status       TEXT NOT NULL,
  attempts     BIGINT NOT NULL,
  started_at   BIGINT,
  completed_at BIGINT,
  duration     BIGINT NOT NULL,
  output       TEXT NOT NULL,
  error        TEXT,
  PRIMARY KEY (operation_id, seq)
);

-- A deployment's steps are its operation's; status, times and error are
-- written together with the operation's.
CREATE TABLE deployments (
  id                    TEXT PRIMARY KEY REFERENCES operations (id),
  environment_id        TEXT REFERENCES environments (id) ON DELETE SET NULL,
  version               TEXT NOT NULL,
  strategy              TEXT NOT NULL,
  status                TEXT NOT NULL,
  started_at            BIGINT,
  completed_at          BIGINT,
  duration              BIGINT,
  started_by            TEXT NOT NULL,
  error                 TEXT,
  rollback              TEXT,
  project_id            TEXT NOT NULL,
  environment           TEXT NOT NULL,
  release_id            TEXT NOT NULL,
  revision_id           TEXT NOT NULL,
  revision_hash         TEXT NOT NULL,
  config_version        BIGINT NOT NULL,
  previous_revision_id  TEXT NOT NULL,
  validation            TEXT NOT NULL,
  validation_required   BIGINT NOT NULL,
  rollback_on_failure   BIGINT NOT NULL,
  description           TEXT NOT NULL,
  notification_channels TEXT NOT NULL,
  rollback_of           TEXT NOT NULL,
  approved_by           TEXT NOT NULL,
  created_at            BIGINT NOT NULL
);
CREATE INDEX idx_deployments_environment_id ON deployments (environment_id, created_at, id);
CREATE INDEX idx_deployments_status ON deployments (status, created_at, id);
CREATE INDEX idx_deployments_started_at ON deployments (started_at);
CREATE INDEX idx_deployments_project ON deployments (project_id, created_at, id);
CREATE INDEX idx_deployments_newest ON deployments (created_at, id);

CREATE TABLE events (
  seq            BIGINT PRIMARY KEY,
  at             BIGINT NOT NULL,
  type           TEXT NOT NULL,
  project_id     TEXT NOT NULL,
  environment_id TEXT NOT NULL,
  operation_id   TEXT NOT NULL,
  actor          TEXT NOT NULL,
  data           TEXT NOT NULL
);
CREATE INDEX idx_events_project ON events (project_id, seq);
CREATE INDEX idx_events_environment ON events (environment_id, seq);
CREATE INDEX idx_events_operation ON events (operation_id, seq);

CREATE TABLE idempotency_keys (
  actor        TEXT NOT NULL,
  key          TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  body         BLOB NOT NULL,
  created_at   BIGINT NOT NULL,
  PRIMARY KEY (actor, key)
);
CREATE INDEX idx_idempotency_keys_age ON idempotency_keys (created_at);
