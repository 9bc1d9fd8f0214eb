-- +goose Up

-- What a step that is resumed has to know of its beginning, as JSON: a
-- canary's analysis keeps the figures that it started from.
ALTER TABLE operation_steps ADD COLUMN state TEXT;
