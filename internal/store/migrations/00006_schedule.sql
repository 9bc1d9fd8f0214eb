-- +goose Up

-- When an operation may start, and until when it has to have started. A
-- server that does not know this starts what waits at once: nothing should be
-- scheduled while such a server still works beside.
ALTER TABLE operations ADD COLUMN scheduled_for BIGINT;
ALTER TABLE operations ADD COLUMN not_after BIGINT;
CREATE INDEX idx_operations_missed ON operations (not_after) WHERE not_after IS NOT NULL AND started_at IS NULL AND completed_at IS NULL;

-- That a deployment goes although its prerequisites were not met.
ALTER TABLE deployments ADD COLUMN forced BIGINT NOT NULL DEFAULT 0;
