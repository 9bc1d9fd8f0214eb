import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Draft, Level } from './draft';
import { bodyOf } from './draft';
import { change, type Body, type Owner } from './levels';

type Bodies = readonly (readonly [Level, Body])[];

const bodiesOf = (draft: Draft): Bodies => [...new Set([...draft.values()].map(({ level }) => level))].map((level) => [level, bodyOf(draft, level)]);

/**
 * What the server thinks of changes before they are saved: a dry run of each level. Its key has new values of secrets
 * in it, so nothing of it is kept once it is not shown.
 */
const trialQuery = (owner: Owner, bodies: Bodies) =>
  queryOptions({
    queryKey: ['trial', owner, bodies] as const,
    queryFn: async ({ signal }) => {
      const results = await Promise.all(bodies.map(([level, body]) => change(owner, level, body, { etag: '*', dryRun: true, signal })));
      return results.flatMap((result) => result.changes);
    },
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });

export function useTrial(owner: Owner, draft: Draft) {
  // As text: a draft that says the same is another object each time it is put together.
  const wanted = JSON.stringify(bodiesOf(draft));
  const [settled] = useDebouncedValue(wanted, 300);
  const bodies = JSON.parse(settled) as Bodies;
  const trial = useQuery({ ...trialQuery(owner, bodies), enabled: bodies.length > 0 });
  return { changes: trial.data, error: bodies.length > 0 ? trial.error : null, pending: wanted !== settled || trial.isFetching };
}
