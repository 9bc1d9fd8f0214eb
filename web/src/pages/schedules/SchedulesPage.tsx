import { Group, SegmentedControl } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { list } from '~/api/client';
import { scheduledQuery } from '~/api/queries/deployments';
import { schedulesQuery } from '~/api/queries/schedules';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { Calendar } from './Calendar';
import { Once } from './Once';
import { Rules } from './Rules';
import { views, type View } from './route';

const RemoveRule = lazy(() => import('./RemoveRule').then(({ RemoveRule }) => ({ default: RemoveRule })));

/** What is deployed when: once, and by rules; as a list and in a calendar. */
export function SchedulesPage() {
  const t = useText().schedules;
  const project = useProject();
  const { open } = useDialog();
  const navigate = useNavigate({ from: '/schedules' });
  const { view = 'list', day, remove } = useSearch({ from: '/shell/schedules' });
  const rules = useQuery(schedulesQuery(project));
  const once = useQuery(scheduledQuery(project));
  const error = rules.error ?? once.error;
  const go = (to: { view?: View; day?: string | undefined; remove?: string | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...to }), replace: true, resetScroll: false });
  const removed = list(rules.data).find(({ id }) => id === remove);
  const nothing = list(rules.data).length === 0 && list(once.data).length === 0;
  return (
    <Page
      title={t.title}
      actions={
        <Allowed needs="write" leftSection={<Icon name="plus" />} onClick={() => open('schedule')}>
          {t.create}
        </Allowed>
      }
    >
      <Group>
        <SegmentedControl aria-label={t.view} value={view} data={views.map((value) => ({ value, label: t.views[value] }))} onChange={(value) => go({ view: value })} />
      </Group>
      {rules.isPending || once.isPending ? (
        <Waiting for={t.what} />
      ) : error ? (
        <ProblemNote error={error} onRetry={() => void Promise.all([rules.refetch(), once.refetch()])} />
      ) : view !== 'list' ? (
        <Calendar view={view} day={day} onDay={(to) => go({ day: to })} once={list(once.data)} />
      ) : nothing ? (
        <Empty title={t.empty} says={t.emptySays} command={'lockstep schedule create nightly --environment staging --rule "0 2 * * 1-5"'} />
      ) : (
        <>
          <Once deployments={list(once.data)} />
          <Rules rules={list(rules.data)} onRemove={({ id }) => go({ remove: id })} />
        </>
      )}
      {removed && (
        <Suspense>
          <RemoveRule rule={removed} onClose={() => go({ remove: undefined })} />
        </Suspense>
      )}
    </Page>
  );
}
