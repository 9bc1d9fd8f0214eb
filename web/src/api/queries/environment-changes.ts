import { answer, api, once, type Schema } from '../client';

/** What can be done to an environment at once, beside deploying. */
export type Change =
  | { kind: 'start' | 'stop' | 'archive' | 'unarchive' | 'maintenance_off' }
  | { kind: 'maintenance_on'; message: string; until: string | undefined }
  | { kind: 'scale'; services: Record<string, number> }
  | { kind: 'enable' | 'disable'; service: string }
  | { kind: 'tag'; set: Record<string, string>; remove: string[] };

interface How {
  project: string | undefined;
  /** Only says what would be done: the plan, or the gate's refusal as a problem. */
  dryRun?: boolean;
  /** Of an intention, so that it is carried out once however often it is sent. */
  key?: string;
}

/** Asks for a change, and answers with the steps that it takes; none where nothing runs for it. */
export async function change(environment: string, what: Change, { project, dryRun, key }: How): Promise<readonly Schema<'Step'>[]> {
  const params = { path: { id: environment }, query: { project, ...(dryRun && { dryRun }) }, header: dryRun ? {} : once(key) };
  switch (what.kind) {
    case 'start':
      return steps(await answer(api.POST('/api/system/environments/{id}/start', { params })));
    case 'stop':
      return steps(await answer(api.POST('/api/system/environments/{id}/stop', { params })));
    case 'maintenance_on': {
      const body = { ...(what.message && { message: what.message }), ...(what.until && { until: what.until }) };
      return steps(await answer(api.POST('/api/system/environments/{id}/maintenance', { params, body })));
    }
    case 'maintenance_off':
      return steps(await answer(api.DELETE('/api/system/environments/{id}/maintenance', { params })));
    case 'scale':
      return steps(await answer(api.POST('/api/system/environments/{id}/scale', { params, body: { services: what.services } })));
    case 'enable':
      return steps(await answer(api.POST('/api/system/environments/{id}/services/{service}/enable', { params: withService(params, what.service) })));
    case 'disable':
      return steps(await answer(api.POST('/api/system/environments/{id}/services/{service}/disable', { params: withService(params, what.service) })));
    case 'archive':
      await answer(api.POST('/api/system/environments/{id}/archive', { params }));
      return [];
    case 'unarchive':
      await answer(api.POST('/api/system/environments/{id}/unarchive', { params }));
      return [];
    case 'tag':
      await answer(api.POST('/api/system/environments/{id}/tags', { params, body: { set: what.set, remove: what.remove } }));
      return [];
  }
}

function withService<P extends { path: { id: string } }>(params: P, service: string) {
  return { ...params, path: { ...params.path, service } };
}

function steps(operation: Schema<'Operation'> | undefined): readonly Schema<'Step'>[] {
  return operation?.steps ?? [];
}

/** The same on the command line. */
export function commandOf(environment: string, what: Change, project: string | undefined): string {
  const words = ['lockstep', ...verb(environment, what)];
  if (project) words.push('--project', quoted(project));
  return words.join(' ');
}

function verb(environment: string, what: Change): string[] {
  const name = quoted(environment);
  switch (what.kind) {
    case 'maintenance_on':
      return ['maintenance on', name, ...(what.message ? ['--message', quoted(what.message)] : []), ...(what.until ? ['--until', quoted(what.until)] : [])];
    case 'maintenance_off':
      return ['maintenance off', name];
    case 'scale':
      return ['scale', name, ...Object.entries(what.services).map(([service, n]) => quoted(`${service}=${n}`))];
    case 'enable':
    case 'disable':
      return [`service ${what.kind}`, name, quoted(what.service)];
    case 'tag':
      return ['tag', name, ...Object.entries(what.set).map(([k, v]) => quoted(`${k}=${v}`)), ...what.remove.map((k) => quoted(`${k}-`))];
    default:
      return [what.kind, name];
  }
}

/** As a shell takes it for one word. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
