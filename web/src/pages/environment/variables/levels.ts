import { useQuery } from '@tanstack/react-query';
import { answer, api, ifMatch, once, type Schema } from '~/api/client';
import { projectVariablesQuery, typeVariablesQuery, variablesQuery, type Variable } from '~/api/queries/config';
import { slotOf } from './slot';
import type { Fields, Level } from './draft';

export type Body = Record<string, Fields | null>;
export type Result = Schema<'ConfigUpdateResult'>;

/** The environment that the tab is of, with what stands above it. */
export interface Owner {
  environment: string;
  type: Schema<'Environment'>['type'];
  project: string;
}

/** What a level says itself now, by slot, and the ETag of it. Undefined while it is not known. */
export interface Said {
  etag: string;
  own: ReadonlyMap<string, Variable>;
}

function saidOf(data: { value: Schema<'VariableList'>; etag: string } | undefined, level: Level): Said | undefined {
  if (!data) return undefined;
  const own = data.value.variables.filter((variable) => level !== 'environment' || variable.level === 'environment');
  return { etag: data.etag, own: new Map(own.map((variable) => [slotOf(variable), variable])) };
}

/** What each level says. The levels above are asked only where they are wanted. */
export function useSaid({ environment, type, project }: Owner, wanted: ReadonlySet<Level>): Record<Level, Said | undefined> {
  const here = useQuery(variablesQuery(environment, project));
  const ofType = useQuery({ ...typeVariablesQuery(type, project), enabled: wanted.has('type') });
  const ofProject = useQuery({ ...projectVariablesQuery(project), enabled: wanted.has('project') });
  return { environment: saidOf(here.data, 'environment'), type: saidOf(ofType.data, 'type'), project: saidOf(ofProject.data, 'project') };
}

interface How {
  etag: string;
  dryRun: boolean;
  message?: string | undefined;
  applyImmediately?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** Asks a level for a change: all of it or nothing. */
export function change(owner: Owner, level: Level, variables: Body, how: How): Promise<Result> {
  const options = { ...(how.message && { description: how.message }), ...(how.applyImmediately && { applyImmediately: true }) };
  const body = { variables, ...(Object.keys(options).length > 0 && { options }) };
  const header = { ...ifMatch(how.etag), ...(how.dryRun ? {} : once()) };
  const query = { project: owner.project, dryRun: how.dryRun };
  const signal = how.signal ?? null;
  switch (level) {
    case 'environment':
      return answer(api.PUT('/api/system/environments/{id}/variables', { params: { path: { id: owner.environment }, query, header }, body, signal }));
    case 'type':
      return answer(api.PUT('/api/system/types/{type}/variables', { params: { path: { type: owner.type }, query, header }, body, signal }));
    case 'project':
      return answer(api.PUT('/api/system/projects/{id}/variables', { params: { path: { id: owner.project }, query: { dryRun: how.dryRun }, header }, body, signal }));
  }
}
