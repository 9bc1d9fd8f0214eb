-- +goose Up

-- When an environment was stopped; its active revision is kept for a start.
-- A server that does not know this takes the revision for one that runs: no
-- environment should be stopped while such a server still works beside.
ALTER TABLE environments ADD COLUMN stopped_at BIGINT;
