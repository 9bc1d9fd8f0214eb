import type { Query, QueryClient } from '@tanstack/react-query';

const rest = 3; // times as long as an answer took, before the same is asked again

/**
 * Asks queries again, each as often as its answers allow. Where events come faster than a query is answered, breaking it
 * off for each of them would mean that it never is: so it ends, rests, and is asked once more for all that happened
 * meanwhile. What is answered at once is asked again at once.
 */
export function pace(queries: QueryClient): { again: (query: Query) => void; stop: () => void } {
  const wanted = new Map<string, boolean>(); // queries that are being asked: whether once more
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let stopped = false;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  const ask = async ({ queryHash, queryKey }: Query) => {
    const exactly = { queryKey, exact: true };
    while (wanted.get(queryHash) && !stopped) {
      const query = queries.getQueryCache().get(queryHash);
      // What was asked before the event may be answered from before it.
      if (query?.state.fetchStatus === 'fetching') await queries.refetchQueries({ ...exactly, type: 'active' }, { cancelRefetch: false });
      wanted.set(queryHash, false);
      const began = performance.now();
      await queries.invalidateQueries(exactly, { cancelRefetch: false });
      await pause(rest * (performance.now() - began));
    }
    wanted.delete(queryHash);
  };
  return {
    again(query) {
      const asked = wanted.has(query.queryHash);
      wanted.set(query.queryHash, true);
      if (!asked) void ask(query);
    },
    stop() {
      stopped = true;
      timers.forEach(clearTimeout);
    },
  };
}
