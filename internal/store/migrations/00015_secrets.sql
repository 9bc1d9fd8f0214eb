-- +goose Up

-- The keys that seal secrets, wrapped: one row, id 'current'. Keys and the
-- newest rotation are JSON and say nothing that is secret.
CREATE TABLE keysets (
  id         TEXT PRIMARY KEY,
  generation BIGINT NOT NULL,
  wrapped    BLOB NOT NULL,
  wrapper    TEXT NOT NULL,
  keys       TEXT NOT NULL,
  rotation   TEXT,
  updated_at BIGINT NOT NULL
);

-- The servers, and which generation each has loaded; seen_at and until are by
-- the database's clock.
CREATE TABLE key_holders (
  holder     TEXT PRIMARY KEY,
  generation BIGINT NOT NULL,
  fault      TEXT NOT NULL,
  seen_at    BIGINT NOT NULL,
  until      BIGINT NOT NULL
);

-- A secret is a place. One of an environment goes with it.
CREATE TABLE secrets (
  id             TEXT PRIMARY KEY,
  project_id     TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  environment_id TEXT REFERENCES environments (id) ON DELETE CASCADE,
  level          TEXT NOT NULL,
  owner          TEXT NOT NULL,
  key            TEXT NOT NULL,
  newest         BIGINT NOT NULL,
  created_at     BIGINT NOT NULL,
  created_by     TEXT NOT NULL,
  UNIQUE (project_id, level, owner, key)
);
CREATE INDEX idx_secrets_environment ON secrets (environment_id) WHERE environment_id IS NOT NULL;

-- Its values, sealed. A revoked one has no ciphertext any more.
CREATE TABLE secret_versions (
  secret_id  TEXT NOT NULL REFERENCES secrets (id) ON DELETE CASCADE,
  version    BIGINT NOT NULL,
  sealed     BLOB,
  key_id     TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  revoked_at BIGINT,
  revoked_by TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (secret_id, version)
);
CREATE INDEX idx_secret_versions_key ON secret_versions (key_id) WHERE sealed IS NOT NULL;
