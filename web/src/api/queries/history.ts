import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type HistoryEntry = Schema<'HistoryEntry'>;
export type HistoryKind = HistoryEntry['kind'];

export const historyKinds = ['deployment', 'switch', 'environment', 'configuration', 'secret', 'release', 'schedule', 'health', 'access'] as const satisfies readonly HistoryKind[];

export interface HistoryFilter {
  project?: string | undefined;
  environment?: string | undefined;
  kind?: HistoryKind | undefined;
  actor?: string | undefined;
}

const ask = (filter: HistoryFilter, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  answer(api.GET('/api/system/history', { params: { query: { ...filter, limit, cursor } }, signal }));

/** What happened last. Every event makes it old. */
export const recentQuery = (filter: HistoryFilter, limit = 50) =>
  queryOptions({ queryKey: key('events', { ...filter, recent: limit }), queryFn: ({ signal }) => ask(filter, limit, undefined, signal) });

/**
 * What happened, page by page, the newest first. Events leave it alone: what lies behind does not change, and asking
 * for all pages again at each event would be much for nothing. What is new is in recentQuery.
 */
export const pastQuery = (filter: HistoryFilter, limit = 100) =>
  infiniteQueryOptions({
    queryKey: ['past', { ...filter, limit }] as const,
    queryFn: ({ signal, pageParam }) => ask(filter, limit, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });
