import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Release = Schema<'Release'>;

/** Releases, the newest first, page by page. */
export const releasesQuery = (project?: string, limit = 50) =>
  infiniteQueryOptions({
    queryKey: key('releases', { project, limit }),
    queryFn: ({ signal, pageParam }) => answer(api.GET('/api/system/releases', { params: { query: { project, limit, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });

export const releaseQuery = (version: string, project?: string) =>
  queryOptions({
    queryKey: key('releases', { project, version }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/releases/{version}', { params: { path: { version }, query: { project } }, signal })),
  });

/** In what a release differs from another, and the releases in between. */
export const releaseDiffQuery = (version: string, from: string, project?: string) =>
  queryOptions({
    queryKey: key('releases', { project, version, from }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/releases/{version}/diff', { params: { path: { version }, query: { project, with: from } }, signal })),
  });
