-- +goose Up
-- What requests went to when the deployment began: '' where nothing served,
-- NULL where it began before this was kept.
ALTER TABLE deployments ADD COLUMN served_revision_id TEXT;
