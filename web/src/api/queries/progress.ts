import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Progress = Schema<'DeploymentProgress'>;

/** Which share each revision got when, and how each has done. Asked for anew when a share moves; figures have no events. */
export const progressQuery = (id: string, running: boolean, shifts: number, project?: string) =>
  queryOptions({
    queryKey: key('metrics', { project, operation: id, shifts, running }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/deployments/{id}/progress', { params: { path: { id }, query: { project } }, signal })),
    refetchInterval: running ? 10_000 : false,
    placeholderData: keepPreviousData,
  });

/** What differs between two versions of an environment's configuration. */
export const configDiffQuery = (environment: string, from: string, to: string, project?: string) =>
  queryOptions({
    queryKey: key('config', { project, environment, from, to }),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/system/environments/{id}/config/diff', { params: { path: { id: environment }, query: { project, from, to } }, signal })),
  });

/** What a sync of configuration changed. */
export const syncQuery = (id: string, project?: string) =>
  queryOptions({
    queryKey: key('syncs', { project, operation: id }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/syncs/{id}', { params: { path: { id }, query: { project } }, signal })),
  });
