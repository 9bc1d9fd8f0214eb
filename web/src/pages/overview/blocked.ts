import type { Card } from '~/api/queries/overview';
import type { Texts } from '~/text/texts';

type Words = Texts['overview']['card'];

/** Why nothing can be deployed now; undefined where something can. What is queued behind another waits its turn. */
export function deployBlocked(t: Words, { status }: Card): string | undefined {
  return status === 'archived' ? t.archived : undefined;
}

/** Why the environment cannot go back now. */
export function rollbackBlocked(t: Words, { status, operation, lastDeployment }: Card): string | undefined {
  if (status === 'archived') return t.archived;
  if (operation?.status === 'running') return t.busy;
  return lastDeployment ? undefined : t.neverDeployed;
}
