import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { list } from '~/api/client';
import { pastQuery, recentQuery, type HistoryFilter } from '~/api/queries/history';
import { merge } from './merge';

/** What happened: live at its beginning, and as far back as somebody scrolls. */
export function useHistory(filter: HistoryFilter) {
  const recent = useQuery(recentQuery(filter));
  const past = useInfiniteQuery(pastQuery(filter));
  const { entries, hole } = useMemo(
    () => merge(list(recent.data?.items), past.data?.pages.flatMap(({ items }) => list(items)) ?? [], recent.data?.nextCursor === ''),
    [recent.data, past.data],
  );
  const { refetch, isFetching, hasNextPage, fetchNextPage } = past;
  useEffect(() => {
    if (hole && !isFetching) void refetch();
  }, [hole, isFetching, refetch]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return {
    entries,
    more,
    isPending: past.isPending,
    isMore: hasNextPage,
    error: past.error ?? recent.error,
    retry: () => void Promise.all([recent.refetch(), past.refetch()]),
  };
}
