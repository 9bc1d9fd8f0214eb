-- +goose Up

-- Who may call, beside the administrators of the data directories. A token is
-- known by its SHA-256 (hexadecimal) and kept nowhere. Revoked ones stay: who
-- did what is told by their names.
CREATE TABLE access_tokens (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL,
  hash         TEXT NOT NULL UNIQUE,
  created_at   BIGINT NOT NULL,
  created_by   TEXT NOT NULL,
  last_used_at BIGINT,
  expires_at   BIGINT,
  revoked_at   BIGINT,
  revoked_by   TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX idx_access_tokens_name ON access_tokens (name) WHERE revoked_at IS NULL;

-- Who has signed in by a browser: id is the hash of the cookie. token_hash is
-- of the token that it was begun with, which may be an administrator's and is
-- in no table then.
CREATE TABLE sessions (
  id           TEXT PRIMARY KEY,
  key_hash     TEXT NOT NULL,
  token_hash   TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX idx_sessions_token ON sessions (token_hash);

-- Codes that sign in once, by their hash.
CREATE TABLE sign_in_codes (
  hash       TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);
