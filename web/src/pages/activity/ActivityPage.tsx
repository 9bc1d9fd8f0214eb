import { Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Empty } from '~/parts/Empty';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { Filters, type Filter } from './Filters';
import { History } from './History';
import { useHistory } from './use-history';

/** What happened, in sentences: who did what, where, and what came of it. */
export function ActivityPage() {
  const t = useText().activity;
  const f = useFormat();
  const project = useProject();
  const navigate = useNavigate({ from: '/activity' });
  const { environment, kind, actor } = useSearch({ from: '/shell/activity' });
  const filter: Filter = { environment, kind, actor };
  const filtered = environment !== undefined || kind !== undefined || actor !== undefined;
  const history = useHistory({ project, ...filter });
  const go = (to: Filter) => void navigate({ search: (before) => ({ ...before, ...to }), replace: true, resetScroll: false });
  return (
    <Page title={t.title}>
      <Filters filter={filter} onChange={go} />
      {history.isPending ? (
        <Waiting for={t.what} />
      ) : history.error ? (
        <ProblemNote error={history.error} onRetry={history.retry} />
      ) : (
        <Section
          title={t.happened}
          flush
          actions={
            <Text size="sm" c="dimmed" className="figures">
              {history.isMore ? t.soFar(f.number(history.entries.length)) : t.count(f.number(history.entries.length))}
            </Text>
          }
        >
          {history.entries.length === 0 ? (
            filtered ? (
              <Empty title={t.noneFit} says={t.noneFitSays} />
            ) : (
              <Empty title={t.empty} says={t.emptySays} command="lockstep apply -f environment-matrix.yaml" />
            )
          ) : (
            <History entries={history.entries} onEnd={history.more} />
          )}
        </Section>
      )}
    </Page>
  );
}
