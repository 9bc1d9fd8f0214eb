import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Sync = Schema<'SyncResult'>;
export type Difference = Schema<'Difference'>;

/** In what two environments differ, and what to think of it. */
export const diffQuery = (source: string, target: string, project?: string) =>
  queryOptions({
    // It is of two environments, so it names none: every change of a configuration makes it old.
    queryKey: key('config', { project, between: [source, target] }),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/system/environments/{id}/diff', { params: { path: { id: source }, query: { project, with: target } }, signal })),
  });

/** A project's syncs, the newest first, page by page. */
export const syncsQuery = (project?: string) =>
  infiniteQueryOptions({
    queryKey: key('syncs', { project }),
    queryFn: ({ signal, pageParam }) => answer(api.GET('/api/system/syncs', { params: { query: { project, limit: 50, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });

export const syncQuery = (id: string, project?: string) =>
  queryOptions({
    queryKey: key('syncs', { project, id }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/syncs/{id}', { params: { path: { id }, query: { project } }, signal })),
  });
