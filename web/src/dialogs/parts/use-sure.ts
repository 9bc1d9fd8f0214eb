import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { environmentsQuery } from '~/api/queries/environments';
import { liveQuery } from '~/api/queries/live';
import { useProject } from '~/shell/use-project';

/** Whether an environment is one where users are, so that a change of it is confirmed by its name; and whether it was. */
export function useSure(environment: string | null) {
  const project = useProject();
  const environments = useQuery(environmentsQuery(project));
  const live = useQuery(liveQuery(project));
  const [sureOf, setSureOf] = useState<string>();
  const found = environments.data?.find(({ name, id }) => name === environment || id === environment);
  // Until it is known what an environment is, it is taken for one that matters.
  const known = found !== undefined && !live.isPending;
  const matters = known ? found.type === 'production' || found.id === live.data?.environment?.id : environment !== null;
  return { asks: known && matters, sure: !matters || sureOf === environment, tell: (matches: boolean) => setSureOf(matches ? (environment ?? undefined) : undefined) };
}
