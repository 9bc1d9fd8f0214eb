import { infiniteQueryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type HistoryEntry = Schema<'HistoryEntry'>;
export type HistoryKind = HistoryEntry['kind'];

/** What happened in an environment, in sentences, the newest first, page by page. */
export const environmentHistoryQuery = (environment: string, project?: string, kind?: HistoryKind, limit = 50) =>
  infiniteQueryOptions({
    queryKey: key('events', { project, environment, kind, limit }),
    queryFn: ({ signal, pageParam }) =>
      answer(api.GET('/api/system/history', { params: { query: { project, environment, kind, limit, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });
