import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api, tagged, type Schema } from '../client';
import { key } from '../keys';

export type Variable = Schema<'Variable'>;
export type ConfigChange = Schema<'ConfigChange'>;
export type ConfigVersion = Schema<'ConfigVersion'>;

/** An environment's variables, of all levels, as they win; with the ETag that a change has to name. */
export const variablesQuery = (environment: string, project?: string) =>
  queryOptions({
    queryKey: key('variables', { project, environment }),
    queryFn: ({ signal }) =>
      tagged(api.GET('/api/system/environments/{id}/variables', { params: { path: { id: environment }, query: { project } }, signal })),
  });

/** What a project says for all of its environments. */
export const projectVariablesQuery = (project: string) =>
  queryOptions({
    queryKey: key('variables', { project, level: 'project' }),
    queryFn: ({ signal }) => tagged(api.GET('/api/system/projects/{id}/variables', { params: { path: { id: project } }, signal })),
  });

/** What is said for all environments of a type. */
export const typeVariablesQuery = (type: Schema<'Environment'>['type'], project?: string) =>
  queryOptions({
    queryKey: key('variables', { project, level: 'type', type }),
    queryFn: ({ signal }) => tagged(api.GET('/api/system/types/{type}/variables', { params: { path: { type }, query: { project } }, signal })),
  });

/** Who says a variable, and who wins, for each service that gets it. */
export const explainQuery = (environment: string, name: string, project?: string) =>
  queryOptions({
    queryKey: key('variables', { project, environment, explain: name }),
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/system/environments/{id}/variables/{key}/explain', { params: { path: { id: environment, key: name }, query: { project } }, signal }))).items,
  });

/** Who has which version of a secret. The agents are asked, so it is asked anew whenever it is looked at. */
export const usesQuery = (environment: string, slot: string, project?: string) =>
  queryOptions({
    queryKey: key('secrets', { project, environment, slot }),
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/system/environments/{id}/variables/{key}/uses', { params: { path: { id: environment, key: slot }, query: { project } }, signal }))).items,
    staleTime: 0,
  });

/** The newest configuration, with its ETag. */
export const configQuery = (environment: string, project?: string) =>
  queryOptions({
    queryKey: key('config', { project, environment }),
    queryFn: ({ signal }) =>
      tagged(api.GET('/api/system/environments/{id}/config', { params: { path: { id: environment }, query: { project } }, signal })),
  });

/** Versions, the newest first, page by page. */
export const configVersionsQuery = (environment: string, project?: string) =>
  infiniteQueryOptions({
    queryKey: key('config', { project, environment, versions: true }),
    queryFn: ({ signal, pageParam }) =>
      answer(
        api.GET('/api/system/environments/{id}/config/versions', {
          params: { path: { id: environment }, query: { project, limit: 50, cursor: pageParam } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });

/** What differs between two versions: numbers, "latest" or "running". */
export const configDiffQuery = (environment: string, from: string, to: string, project?: string) =>
  queryOptions({
    queryKey: key('config', { project, environment, from, to }),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/system/environments/{id}/config/diff', { params: { path: { id: environment }, query: { project, from, to } }, signal })),
  });
