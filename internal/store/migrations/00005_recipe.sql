-- +goose Up

-- The recipe of a deployment by strategy custom, as JSON: what was approved is
-- what runs, whatever the matrix says by then.
ALTER TABLE deployments ADD COLUMN recipe TEXT;

-- What a person decided last about a step that waited for it, as JSON.
ALTER TABLE operations ADD COLUMN decision TEXT;
