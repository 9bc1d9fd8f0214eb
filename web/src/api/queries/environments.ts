import { queryOptions } from '@tanstack/react-query';
import { answer, api, everyPage, type Schema } from '../client';
import { key } from '../keys';

export type Environment = Schema<'Environment'>;

/** All environments of a project, by name. */
export const environmentsQuery = (project?: string) =>
  queryOptions({
    queryKey: key('environments', { project }),
    queryFn: ({ signal }) =>
      everyPage((cursor) => answer(api.GET('/api/system/environments', { params: { query: { project, cursor, limit: 200 } }, signal }))),
  });

/** One environment, as it is recorded. */
export const environmentQuery = (environment: string, project?: string) =>
  queryOptions({
    queryKey: key('environment', { project, environment }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/environments/{id}', { params: { path: { id: environment }, query: { project } }, signal })),
  });

/** One environment, as it is now. */
export const statusQuery = (environment: string, project?: string) =>
  queryOptions({
    queryKey: key('status', { project, environment }),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/system/environments/{id}/status', { params: { path: { id: environment }, query: { project } }, signal })),
  });

/** How an environment's services and dependencies are. */
export const healthQuery = (environment: string, project?: string) =>
  queryOptions({
    queryKey: key('health', { project, environment }),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/system/environments/{id}/health', { params: { path: { id: environment }, query: { project } }, signal })),
  });

/** All environments at this moment: traffic of each revision, requests a second, what is under way. */
export const activityQuery = (project?: string) =>
  queryOptions({
    queryKey: key('activity', { project }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/activity', { params: { query: { project } }, signal }))).items,
    refetchInterval: 10_000, // figures come without events; all else in it comes with them
  });
