import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Project = Schema<'Project'>;

export const projectsQuery = queryOptions({
  queryKey: key('projects'),
  queryFn: async ({ signal }) => (await answer(api.GET('/api/system/projects', { signal }))).items,
});

/** The server: version, host, agent, counts. */
export const infoQuery = queryOptions({
  queryKey: ['info'] as const,
  queryFn: ({ signal }) => answer(api.GET('/api/system/info', { signal })),
  staleTime: 60_000,
});
