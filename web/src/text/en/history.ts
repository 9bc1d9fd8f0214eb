import type { Schema } from '~/api/client';

type Words = Schema<'HistoryWords'>;

const gone = 'an environment that is gone';
const where = (name = '') => (name === '' ? gone : name);
const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
const minute = (at: string | undefined) => (at ? `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC` : '');

/** What an operation is called: "deployment of 2.1.4 to production". */
const acts: Record<Exclude<Words['act'], undefined>, (w: Words) => string> = {
  deployment: (w) => `deployment of ${w.version ?? ''} to ${where(w.environment)}`,
  rollback: (w) => `rollback of ${where(w.environment)} to ${w.version ?? ''}`,
  switch: (w) => `switch to ${where(w.environment)}`,
  drill: (w) => `drill of a switch to ${where(w.environment)}`,
  sync: (w) => `sync of the configuration to ${where(w.environment)}`,
  destruction: (w) => `destruction of ${where(w.environment)}`,
  scaling: (w) => `scaling of ${where(w.environment)}`,
  maintenance_on: (w) => `begin of the maintenance of ${where(w.environment)}`,
  maintenance_off: (w) => `end of the maintenance of ${where(w.environment)}`,
  service_on: (w) => `start of ${w.service ?? ''} in ${where(w.environment)}`,
  service_off: (w) => `stop of ${w.service ?? ''} in ${where(w.environment)}`,
  stop: (w) => `stop of ${where(w.environment)}`,
  start: (w) => `start of ${where(w.environment)}`,
  retire: (w) => `retire of ${where(w.environment)}`,
};
const act = (w: Words) => (w.act ? acts[w.act](w) : `operation on ${where(w.environment)}`);

function applied({ created = 0, changed = 0, deleted = 0 }: Words): string {
  const parts = [created > 0 && `${created} created`, changed > 0 && `${changed} changed`, deleted > 0 && `${deleted} deleted`].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

function enumerated(names: readonly string[]): string {
  return (names.length > 5 ? [...names.slice(0, 5), `and ${names.length - 5} more`] : names).join(', ');
}

function counted(replicas: Readonly<Record<string, number>>): string {
  const parts = Object.keys(replicas).sort().map((service) => `${service} to ${replicas[service] ?? 0}`);
  return parts.length > 0 ? `: ${parts.join(', ')}` : '';
}

/** The sentences of the history; English as the server says them. */
export const history: { sentences: Record<Exclude<Schema<'HistoryEntry'>['sentence'], 'other' | undefined>, (w: Words) => string> } = {
  sentences: {
    operation_waits_for_turn: (w) => `${capital(act(w))} waits for its turn`,
    operation_waits_for_time: (w) => `${capital(act(w))} waits for its time, ${minute(w.at)}`,
    operation_waits_for_approval: (w) => `${capital(act(w))} waits for an approval`,
    operation_under_way: (w) => `${capital(act(w))} is under way`,
    operation_failed: (w) => `${capital(act(w))} failed`,
    operation_cancelled: (w) => `${capital(act(w))} was cancelled`,
    operation_rolled_back: (w) => `${capital(act(w))} was rolled back`,
    operation_completed: (w) => `Completed the ${act(w)}`,
    operation_approved: (w) => `Approved the ${act(w)}`,
    operation_cancel_asked: (w) => `Asked to cancel the ${act(w)}`,
    operation_pause_asked: (w) => `Asked to pause the ${act(w)}`,
    operation_paused: (w) => `${capital(act(w))} is paused before ${w.step ?? ''}`,
    operation_resumed: (w) => `Resumed the ${act(w)}`,
    operation_waits_for_another: (w) => `${capital(act(w))} waits for another one`,
    operation_waits_for_live: (w) => `${capital(act(w))} waits for the live address, which another one moves`,
    operation_moved: (w) => `Moved the ${act(w)} to ${w.to ?? ''}`,
    step_decided: (w) => `${capital(w.word ?? '')} the ${act(w)} at ${w.step ?? ''}`,
    deployed: (w) => `Deployed ${w.version ?? ''} to ${where(w.environment)}`,
    promoted: (w) => `Promoted ${w.version ?? ''} from ${w.from ?? ''} to ${where(w.environment)}`,
    brought_back: (w) => `Rolled ${where(w.environment)} back to ${w.version ?? ''}`,
    switched: (w) => (w.from ? `Switched the live address from ${w.from} to ${w.to ?? ''}` : `Switched the live address to ${w.to ?? ''}`),
    rehearsed: (w) => `Rehearsed a switch to ${w.to ?? ''}`,
    synced: (w) => (w.from ? `Synced the configuration of ${w.from} to ${w.to ?? ''}` : `Synced the configuration of ${where(w.environment)}`),
    destroyed: (w) => `Destroyed ${where(w.environment)}`,
    stopped: (w) => `Stopped ${where(w.environment)}`,
    started: (w) => `Started ${where(w.environment)}`,
    scaled: (w) => `Scaled ${where(w.environment)}${counted(w.replicas ?? {})}`,
    maintenance_began: (w) => `Began the maintenance of ${where(w.environment)}`,
    maintenance_ended: (w) => `Ended the maintenance of ${where(w.environment)}`,
    service_on: (w) => `Switched ${w.service ?? ''} on in ${where(w.environment)}`,
    service_off: (w) => `Switched ${w.service ?? ''} off in ${where(w.environment)}`,
    environment_created: (w) => `Created ${where(w.environment)}`,
    environment_changed: (w) => `Changed what is recorded of ${where(w.environment)}`,
    environment_removed: (w) => `Removed ${where(w.environment)}`,
    current_changed: (w) => `The live address leads to ${where(w.to)}`,
    current_nowhere: () => 'The live address leads nowhere',
    matrix_applied: (w) => `Applied version ${w.version ?? ''} of the matrix${applied(w)}`,
    configuration_changed: (w) => `Changed the configuration of ${where(w.environment)} (version ${w.version ?? ''})`,
    sync_undone: (w) => `Undid a sync of the configuration to ${where(w.environment)}`,
    template_changed: (w) => `Template ${w.name ?? ''} was ${w.word ?? ''}`,
    secrets_read: (w) => `Read secrets of ${where(w.environment)}: ${enumerated(w.names ?? [])}`,
    secret_revoked: (w) => `Revoked version ${w.version ?? ''} of secret ${w.name ?? ''}`,
    key_asked: () => 'Asked for a new key of the secrets',
    key_rotated: (w) => `All secrets are sealed with a new key (${w.name ?? ''})`,
    token_made: (w) => `Made the token ${w.name ?? ''} with the role ${w.word ?? ''}`,
    token_revoked: (w) => `Revoked the token ${w.name ?? ''}`,
    token_signed_out: (w) => `Ended the sessions of the token ${w.name ?? ''}`,
    release_created: (w) => `Created release ${w.version ?? ''}`,
    schedule_changed: (w) => `Schedule ${w.name ?? ''} was ${w.word ?? ''}`,
    schedule_fired: (w) => `Schedule ${w.name ?? ''} fired for ${where(w.environment)}`,
    health_changed: (w) => `${capital(w.service ?? '')} of ${where(w.environment)} is ${w.to ?? ''}${w.from ? `, was ${w.from}` : ''}`,
    alert_changed: (w) => `Alert ${w.name ?? ''} of ${where(w.environment)} is ${w.to ?? ''}`,
    alert_taken: (w) => `Takes care of alert ${w.name ?? ''} of ${where(w.environment)}`,
  },
};
