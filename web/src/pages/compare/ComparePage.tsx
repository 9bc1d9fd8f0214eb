import { ActionIcon, Group, SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { environmentsQuery } from '~/api/queries/environments';
import { Select } from '~/parts/Choice';
import { Empty } from '~/parts/Empty';
import { useFew } from '~/parts/few';
import { Icon } from '~/parts/icons';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { Differences } from './Differences';
import { History } from './History';
import type { CompareSearch } from './route';

/** Two environments side by side: in what they differ and why, what to bring over, and what was brought over before. */
export function ComparePage() {
  const t = useText().compare;
  const few = useFew();
  const search = useSearch({ from: '/shell/compare' });
  const navigate = useNavigate({ from: '/compare' });
  const environments = useQuery(environmentsQuery(useProject()));
  const change = (to: Partial<CompareSearch>) => void navigate({ search: (before) => ({ ...before, ...to }), replace: true, resetScroll: false });
  const names = (environments.data ?? []).map(({ name }) => name);
  const { source, target } = search;
  const view = search.tab ?? 'differences';
  return (
    <Page
      title={t.title}
      actions={
        <SegmentedControl
          aria-label={t.view}
          value={view}
          data={(['differences', 'history'] as const).map((value) => ({ value, label: t.views[value] }))}
          onChange={(next) => change({ tab: next === 'history' ? 'history' : undefined })}
        />
      }
    >
      {environments.error && <ProblemNote error={environments.error} onRetry={() => void environments.refetch()} />}
      {view === 'history' ? (
        <History open={search.sync} onOpen={(sync) => change({ sync })} />
      ) : (
        <Stack gap="lg">
          <Group gap="sm" align="flex-end" wrap="nowrap" maw={640}>
            <Select label={t.source} value={source ?? null} data={names} onChange={(next) => change({ source: next ?? undefined })} searchable filter={few} style={{ flex: 1, minWidth: 0 }} />
            <ActionIcon data-tip={t.swap} variant="default" size={36} aria-label={t.swap} onClick={() => change({ source: target, target: source })}>
              <Icon name="switch" />
            </ActionIcon>
            <Select label={t.target} value={target ?? null} data={names} onChange={(next) => change({ target: next ?? undefined })} searchable filter={few} style={{ flex: 1, minWidth: 0 }} />
          </Group>
          {source !== undefined && target !== undefined && source !== target ? (
            <Differences key={`${source} ${target}`} source={source} target={target} search={search} change={change} />
          ) : (
            <Empty title={t.choose.title} says={t.choose.says} command={t.choose.command} />
          )}
        </Stack>
      )}
    </Page>
  );
}
