-- +goose Up

-- When an environment was stopped; its active revision is kept for a start.
-- A server that does not know this takes the revision for one that runs: no
-- environment should be stopped while such a server still works beside.
ALTER TABLE environments ADD COLUMN stopped_at BIGINT;

-- The replicas, by service as JSON, that a scale or a start has brought since
-- the last deployment. Status and plan compare them with those recorded.
ALTER TABLE environments ADD COLUMN scaled TEXT;

-- The replicas, by service as JSON, that an operation of kind scale wants.
ALTER TABLE operations ADD COLUMN replicas TEXT;

-- What the users of an environment in maintenance are told, as JSON; and what
-- an operation that begins a maintenance wants them told.
ALTER TABLE environments ADD COLUMN maintenance TEXT;
ALTER TABLE operations ADD COLUMN maintenance TEXT;
