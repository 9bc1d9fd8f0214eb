-- +goose Up

-- The environment that a project's live address may lead to instead of the
-- current one: a switch to there failed and could not be taken back. That was
-- found out from the last switch until now, and is from now on kept where the
-- address is.
ALTER TABLE projects ADD COLUMN adrift_environment_id TEXT;

UPDATE projects SET adrift_environment_id = (
  SELECT o.environment_id FROM operations o
  WHERE o.status = 'failed' AND o.environment_id IN (SELECT e.id FROM environments e)
    AND EXISTS (SELECT 1 FROM operation_steps s WHERE s.operation_id = o.id AND s.kind = 'move_live' AND s.attempts > 0)
    AND o.id = (SELECT max(l.id) FROM operations l WHERE l.project_id = projects.id AND l.live_switch IS NOT NULL
      AND l.started_at IS NOT NULL AND l.completed_at IS NOT NULL AND l.live_switch NOT LIKE '%"drill":true%'));

-- Of an address that is adrift the next epoch is free, so that a deployment
-- that is forced can take it.
UPDATE projects SET current_epoch = current_epoch + 1 WHERE adrift_environment_id IS NOT NULL;
