-- +goose Up

-- The services, by name as a JSON list, that are switched off until somebody
-- enables them; environment_services.enabled follows it. A server that does
-- not know this starts them with its next deployment.
ALTER TABLE environments ADD COLUMN disabled TEXT;

-- The service that an operation enables or disables.
ALTER TABLE operations ADD COLUMN service TEXT NOT NULL DEFAULT '';
