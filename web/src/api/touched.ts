import type { Event } from './live';
import type { Noun, Of } from './keys';

const steps: Noun[] = ['deployment', 'operation', 'operations', 'activity', 'status'];
const operations: Noun[] = [...steps, 'deployments', 'approvals', 'scheduled', 'switches', 'environments', 'environment'];
const configuration: Noun[] = ['config', 'variables', 'status', 'environment', 'environments', 'secrets'];

/** Which nouns an event makes old. A type that is not listed makes nothing old that is shown. */
const nouns: Record<string, readonly Noun[]> = {
  'matrix.applied': ['matrix', 'projects', 'live', 'activity', 'environments', 'health', ...configuration],
  'environment.created': ['environments', 'environment', 'activity', 'projects', 'live', 'status', 'matrix'],
  'environment.updated': ['environments', 'environment', 'activity', 'live', 'status', 'config', 'matrix'],
  'environment.status_changed': ['environments', 'environment', 'activity', 'live', 'status', 'health'],
  'environment.deleted': ['environments', 'environment', 'activity', 'projects', 'live', 'schedules', 'scheduled', 'matrix'],
  'environment.current_changed': ['environments', 'environment', 'activity', 'projects', 'live', 'status', 'switches'],
  'config.version_created': configuration,
  'config.synced': [...configuration, 'syncs'],
  'config.sync_undone': [...configuration, 'syncs'],
  'secrets.revealed': ['secrets'],
  'secret.revoked': ['secrets', 'variables', 'releases'],
  'release.created': ['releases', 'environments'],
  'operation.requested': operations,
  'operation.approved': operations,
  'operation.rescheduled': operations,
  'operation.claimed': steps,
  'operation.planned': steps,
  'operation.cancel_requested': steps,
  'operation.pause_requested': [...steps, 'deployments'],
  'operation.paused': [...steps, 'deployments'],
  'operation.resumed': [...steps, 'deployments'],
  'operation.waiting': [...steps, 'deployments'],
  'operation.finished': [...operations, 'health', 'live', 'releases', 'metrics', 'syncs'],
  'schedule.changed': ['schedules'],
  'schedule.fired': ['schedules', 'scheduled', 'deployments'],
  'template.changed': ['templates'],
  'step.started': steps,
  'step.progress': steps,
  'step.finished': [...steps, 'approvals', 'live'],
  'step.decided': [...steps, 'approvals'],
  'health.changed': ['health', 'status', 'environments', 'activity', 'environment'],
  'alert.changed': ['alerts', 'health', 'status'],
  'alert.acknowledged': ['alerts', 'health', 'status'],
  'token.created': ['tokens'],
  'token.revoked': ['tokens'],
  'token.signed_out': ['tokens'],
  'keys.rotation_asked': ['keys'],
  'keys.rotated': ['keys'],
};

/** Everything that happens also belongs into lists of what happened. */
const always: readonly Noun[] = ['events'];

/** What shows a bit of everything is old with anything else that is shown; but not with every figure of a step. */
const glance: readonly Noun[] = ['overview'];

/** Says of a query's key whether an event makes it old. nameOf knows the names of environments by their IDs. */
export function touches(event: Event, nameOf: (id: string) => string | undefined): (key: readonly unknown[]) => boolean {
  const touched = new Set<unknown>([...(nouns[event.type] ?? []), ...always, ...(event.type in nouns && event.type !== 'step.progress' ? glance : [])]);
  const name = event.environmentId ? nameOf(event.environmentId) : undefined;
  // A switch and a sync are of two environments, and the event names one.
  const several = event.type.startsWith('config.sync') || event.type === 'environment.current_changed' || event.type === 'operation.finished';
  return (key) => {
    if (!touched.has(key[0])) return false;
    const of = (key[1] ?? {}) as Of;
    if (of.operation && event.operationId && of.operation !== event.operationId) return false;
    if (of.environment && event.environmentId && !several) {
      if (of.environment !== event.environmentId && name !== undefined && of.environment !== name) return false;
    }
    return true;
  };
}
