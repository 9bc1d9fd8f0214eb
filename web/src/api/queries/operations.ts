import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Operation = Schema<'Operation'>;

/** What is running or waits, in an environment or in all. */
export const operationsQuery = (project?: string, environment?: string) =>
  queryOptions({
    queryKey: key('operations', { project, environment }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/operations', { params: { query: { project, environment } }, signal }))).items,
  });

export const operationQuery = (id: string) =>
  queryOptions({
    queryKey: key('operation', { operation: id }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/operations/{id}', { params: { path: { id } }, signal })),
  });

/** What the hooks of an operation wrote. */
export const outputQuery = (id: string) =>
  queryOptions({
    queryKey: key('operation', { operation: id, output: true }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/operations/{id}/output', { params: { path: { id } }, signal }))).items,
  });
