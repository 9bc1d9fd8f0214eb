-- +goose Up

-- Counts the changes that people make to a schedule, so that one who changes
-- what he has read does not undo what another has changed meanwhile. What a
-- schedule does by itself does not count.
ALTER TABLE schedules ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
