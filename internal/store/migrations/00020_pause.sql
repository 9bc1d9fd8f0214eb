-- +goose Up

-- That somebody wants a running deployment held before its next step, as JSON.
-- A server of before this does not hold: ask for a pause where all servers are
-- of this version.
ALTER TABLE operations ADD COLUMN pause TEXT;

-- Which lock an operation that runs needs and has not got, since when, as JSON.
-- A deployment takes its project's live address when it comes to it; what a
-- server of before this has queued has it among its resources, and takes it
-- when it is claimed, as before.
ALTER TABLE operations ADD COLUMN waits TEXT;
