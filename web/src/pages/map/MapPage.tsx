import { Group, NativeSelect, SegmentedControl, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { mapQuery, overviewQuery } from '~/api/queries/overview';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { HealthBadge, StatusBadge } from '~/parts/StatusBadge';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { MapList } from './MapList';

const Graph = lazy(() => import('./Graph').then(({ Graph }) => ({ default: Graph })));

/** What an environment is made of, and who leads to and needs whom; as a drawing, or as a list. */
export function MapPage() {
  const t = useText().map;
  const project = useProject();
  const narrow = useMediaQuery('(max-width: 48em)');
  const navigate = useNavigate();
  const { environment: asked, view = narrow ? 'list' : 'map' } = useSearch({ from: '/shell/map' });
  const overview = useQuery(overviewQuery(project));
  const environments = (overview.data?.environments ?? []).filter(({ status }) => status !== 'archived');
  const name = asked ?? environments.find(({ current }) => current)?.name ?? environments[0]?.name;
  const card = environments.find((environment) => environment.name === name);
  const map = useQuery({ ...mapQuery(name ?? '', project), enabled: name !== undefined });

  if (overview.isPending) return <Waiting for={t.what} />;
  if (overview.data && name === undefined) {
    return (
      <Page title={t.title}>
        <Empty {...t.empty} />
      </Page>
    );
  }
  const go = (to: { environment?: string; view?: 'map' | 'list' }) => void navigate({ to: '.', search: (before) => ({ ...before, ...to }), replace: true });
  return (
    <Page
      title={t.title}
      beside={
        card && (
          <Group gap="sm">
            <Go to={addresses.environment(card.name)} fw={600}>
              {card.name}
            </Go>
            <StatusBadge status={card.status} />
            {card.health && <HealthBadge health={card.health.status} />}
            <Version version={card.version} />
          </Group>
        )
      }
      actions={
        <>
          <NativeSelect aria-label={t.environment} value={name ?? ''} data={environments.map((e) => e.name)} onChange={({ currentTarget: { value } }) => go({ environment: value })} />
          <SegmentedControl aria-label={t.view.label} size="sm" value={view} onChange={(chosen) => go({ view: chosen === 'list' ? 'list' : 'map' })} data={[{ value: 'map', label: t.view.map }, { value: 'list', label: t.view.list }]} />
        </>
      }
    >
      <ProblemNote error={overview.error ?? map.error} onRetry={() => void (overview.error ? overview.refetch() : map.refetch())} />
      {map.isPending && !overview.error && <Waiting for={t.what} />}
      {map.data?.unknown && (
        <Text c="var(--state-warn)" role="status">
          {t.unknown} {map.data.unknown}
        </Text>
      )}
      {map.data && map.data.nodes.length <= 1 && (card?.version ? <Empty {...t.bare} /> : <Empty {...t.idle} command={t.idle.command(map.data.environment)} />)}
      {map.data && map.data.nodes.length > 1 && (
        <>
          {view === 'list' ? (
            <MapList map={map.data} />
          ) : (
            <Suspense fallback={<Waiting for={t.what} />}>
              <Graph map={map.data} key={map.data.id} />
            </Suspense>
          )}
          <Text size="sm" c="dimmed">
            {t.unmeasured}
          </Text>
        </>
      )}
    </Page>
  );
}
