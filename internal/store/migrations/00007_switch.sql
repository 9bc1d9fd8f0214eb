-- +goose Up

-- Since when an environment has its project's live address, and who asked for
-- what gave it.
ALTER TABLE projects ADD COLUMN current_since BIGINT;
ALTER TABLE projects ADD COLUMN current_by TEXT;

-- What an operation of kind switch moves, as JSON.
ALTER TABLE operations ADD COLUMN live_switch TEXT;
CREATE INDEX idx_operations_switches ON operations (project_id, id) WHERE live_switch IS NOT NULL;
