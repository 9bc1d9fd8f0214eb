import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Draft } from './draft';
import { bodyOf } from './draft';
import { change, type Body, type Owner } from './levels';

const levelsOf = (draft: Draft) => [...new Set([...draft.values()].map(({ level }) => level))];

/**
 * What the server thinks of changes before they are saved: a dry run of each level. Its key has new values of secrets
 * in it, so nothing of it is kept once it is not shown.
 */
const trialQuery = (owner: Owner, bodies: [string, Body][], draft: Draft) =>
  queryOptions({
    queryKey: ['trial', owner, bodies] as const,
    queryFn: async ({ signal }) => {
      const results = await Promise.all(
        levelsOf(draft).map((level) => change(owner, level, bodyOf(draft, level), { etag: '*', dryRun: true, signal })),
      );
      return results.flatMap((result) => result.changes);
    },
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });

export function useTrial(owner: Owner, draft: Draft) {
  const [settled] = useDebouncedValue(draft, 300);
  const bodies = levelsOf(settled).map((level): [string, Body] => [level, bodyOf(settled, level)]);
  const trial = useQuery({ ...trialQuery(owner, bodies, settled), enabled: settled.size > 0 });
  return { changes: trial.data, error: settled.size > 0 ? trial.error : null, pending: draft !== settled || trial.isFetching };
}
