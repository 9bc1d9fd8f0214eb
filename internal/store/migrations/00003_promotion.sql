-- +goose Up

-- Where a promoted release came from, and why a deployment goes although
-- something spoke against it.
ALTER TABLE deployments ADD COLUMN promoted_from_environment TEXT;
ALTER TABLE deployments ADD COLUMN promoted_from_deployment TEXT;
ALTER TABLE deployments ADD COLUMN reason TEXT;

-- Revisions that were rolled back in their environment, until a deployment
-- brings them back.
CREATE TABLE quarantines (
  revision_id    TEXT PRIMARY KEY REFERENCES revisions (id) ON DELETE CASCADE,
  environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
  deployment_id  TEXT NOT NULL REFERENCES deployments (id),
  automatic      BIGINT NOT NULL,
  created_by     TEXT NOT NULL,
  reason         TEXT NOT NULL,
  created_at     BIGINT NOT NULL
);
CREATE INDEX idx_quarantines_environment_id ON quarantines (environment_id, created_at);
