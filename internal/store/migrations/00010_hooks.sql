-- +goose Up

-- What a hook left for later ones, by name as JSON; whether a step completed
-- although what it was for failed; and what the removal of an environment
-- found of all that was made for it, as JSON.
ALTER TABLE operation_steps ADD COLUMN results TEXT;
ALTER TABLE operation_steps ADD COLUMN warning BIGINT NOT NULL DEFAULT 0;
ALTER TABLE operation_steps ADD COLUMN ledger TEXT;

-- What each try of a hook wrote, both ends of it. It stands apart from the
-- steps, which are read far more often.
CREATE TABLE step_outputs (
  operation_id TEXT NOT NULL REFERENCES operations (id) ON DELETE CASCADE,
  seq          BIGINT NOT NULL,
  try          BIGINT NOT NULL,
  text         TEXT NOT NULL,
  missing      BIGINT NOT NULL,
  PRIMARY KEY (operation_id, seq, try)
);
