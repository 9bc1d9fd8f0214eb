import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '~/api/queries/environments';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import type { TabProps } from '../tabs';

/** An environment at a glance. */
export function OverviewTab({ environment }: TabProps) {
  const t = useText().environment;
  const status = useQuery(statusQuery(environment, useProject()));
  if (status.error && !status.data) return <ProblemNote error={status.error} onRetry={() => void status.refetch()} />;
  if (!status.data) return <Waiting for={t.tabs.overview} />;
  return null;
}
