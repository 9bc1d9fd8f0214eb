import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { list } from '~/api/client';
import { approvalsQuery } from '~/api/queries/approvals';
import { useMay } from '~/api/session';
import { Empty } from '~/parts/Empty';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { Decided } from './Decided';
import { WaitingOne } from './WaitingOne';

/** What waits for a person's word: mine first. */
export function ApprovalsPage() {
  const t = useText().approvals;
  const may = useMay('approve');
  const waiting = useQuery(approvalsQuery(useProject()));
  const all = list(waiting.data);
  const mine = all.filter(({ mayApprove }) => mayApprove && may);
  const others = all.filter((one) => !mine.includes(one));
  return (
    <Page title={t.title}>
      {waiting.isPending ? (
        <Waiting for={t.what} />
      ) : waiting.error ? (
        <ProblemNote error={waiting.error} onRetry={() => void waiting.refetch()} />
      ) : (
        <>
          <Section title={mine.length === 0 ? t.mine : t.mineCount(mine.length)} flush>
            {mine.length === 0 ? (
              <Empty title={t.nothing} says={all.length === 0 ? t.nothingSays : t.nothingOfMine} />
            ) : (
              <Stack gap={0} component="ul" m={0} p={0}>
                {mine.map((one) => (
                  <WaitingOne key={`${one.operationId} ${one.step ?? ''}`} waiting={one} />
                ))}
              </Stack>
            )}
          </Section>
          {others.length > 0 && (
            <Section title={t.othersCount(others.length)} flush>
              <Stack gap={0} component="ul" m={0} p={0}>
                {others.map((one) => (
                  <WaitingOne key={`${one.operationId} ${one.step ?? ''}`} waiting={one} />
                ))}
              </Stack>
            </Section>
          )}
        </>
      )}
      <Decided />
    </Page>
  );
}
