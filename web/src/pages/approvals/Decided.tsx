import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { list } from '~/api/client';
import { recentQuery, type HistoryEntry } from '~/api/queries/history';
import { Empty } from '~/parts/Empty';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { History } from '~/pages/activity/History';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

const decisions = new Set(['operation.approved', 'step.decided']);
const lookedThrough = 200;

/** A word that somebody gave: yes, or no; a no before the beginning ends it. */
export function isDecision({ type, result, reason }: HistoryEntry): boolean {
  return decisions.has(type) || (type === 'operation.finished' && result === 'cancelled' && (reason ?? '').startsWith('rejected by '));
}

/** What was decided lately, of the last things that happened. */
export function Decided() {
  const t = useText().approvals;
  const project = useProject();
  const deployments = useQuery(recentQuery({ project, kind: 'deployment' }, lookedThrough));
  const switches = useQuery(recentQuery({ project, kind: 'switch' }, lookedThrough));
  const decided = useMemo(
    () => [...list(deployments.data?.items), ...list(switches.data?.items)].filter(isDecision).sort((a, b) => b.seq - a.seq),
    [deployments.data, switches.data],
  );
  const error = deployments.error ?? switches.error;
  return (
    <Section title={t.decided} flush>
      {error ? (
        <ProblemNote error={error} onRetry={() => void Promise.all([deployments.refetch(), switches.refetch()])} />
      ) : deployments.isPending || switches.isPending ? (
        <Waiting for={t.decidedWhat} />
      ) : decided.length === 0 ? (
        <Empty title={t.noneDecided} says={t.noneDecidedSays} />
      ) : (
        <History entries={decided} maxHeight={420} />
      )}
    </Section>
  );
}
