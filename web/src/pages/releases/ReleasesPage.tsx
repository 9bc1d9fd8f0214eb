import { Button, Card, Group, Text, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { list } from '~/api/client';
import { releasesQuery, type Release } from '~/api/queries/releases';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { Table, type Column } from '~/parts/Table';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { promotableFrom } from './promotable';
import { RunsInShort } from './RunsIn';
import { usePipeline } from './use-pipeline';

/** All releases, the newest first, with what runs where; deployed and promoted from here. */
export function ReleasesPage() {
  const texts = useText();
  const t = texts.releases;
  const f = useFormat();
  const project = useProject();
  const { open } = useDialog();
  const { q } = useSearch({ from: '/shell/releases' });
  const navigate = useNavigate();
  const narrow = useMediaQuery('(max-width: 48em)');
  const query = useInfiniteQuery(releasesQuery(project, 200));
  const pipeline = usePipeline(project);
  const all = useMemo(() => (query.data?.pages ?? []).flatMap((page) => list(page.items)), [query.data]);
  const shown = useMemo(() => {
    const asked = (q ?? '').toLowerCase();
    return asked === '' ? all : all.filter(({ version, notes }) => `${version} ${notes ?? ''}`.toLowerCase().includes(asked));
  }, [all, q]);
  const actions = (release: Release) => {
    const from = promotableFrom(release, pipeline);
    return (
      <Group gap={4} wrap="nowrap" justify="flex-end">
        {from !== undefined && !narrow && (
          <Allowed needs="write" size="compact-sm" variant="subtle" aria-label={t.promoteFrom(release.version, from)} onClick={() => open('promote', { source: from, version: release.version })}>
            {t.promote}
          </Allowed>
        )}
        <Allowed needs="write" size="compact-sm" variant="default" aria-label={t.deployIt(release.version)} onClick={() => open('deploy', { version: release.version })}>
          {t.deploy}
        </Allowed>
      </Group>
    );
  };
  const version: Column<Release> = {
    id: 'version',
    title: t.version,
    width: narrow ? 'minmax(80px, 104px)' : 'minmax(120px, 200px)',
    cell: (r) => (
      <Go to={addresses.release(r.version)}>
        <Version version={r.version} />
      </Go>
    ),
  };
  const runs: Column<Release> = { id: 'runs', title: t.runsIn, width: narrow ? 'minmax(90px, 1fr)' : 'minmax(200px, 1.4fr)', cell: (r) => <RunsInShort release={r} /> };
  const does: Column<Release> = { id: 'does', title: '', width: narrow ? '100px' : '190px', align: 'right', cell: actions };
  const columns: Column<Release>[] = narrow
    ? [version, runs, does]
    : [
        version,
        runs,
        { id: 'notes', title: t.notes, width: 'minmax(160px, 2fr)', cell: (r) => <Text span c="dimmed" truncate="end" title={r.notes}>{r.notes?.split('\n')[0]}</Text> },
        { id: 'services', title: t.services, width: '90px', align: 'right', cell: (r) => f.number(r.services.length), sort: (r) => r.services.length },
        { id: 'made', title: t.made, width: '190px', cell: (r) => <span><Ago at={r.createdAt} /> <Text span size="sm" c="dimmed">{r.createdBy}</Text></span>, sort: (r) => r.createdAt },
        does,
      ];
  return (
    <Page
      title={t.title}
      actions={
        <Allowed needs="write" leftSection={<Icon name="deploy" />} onClick={() => open('deploy')}>
          {texts.dialogs.deploy.title}
        </Allowed>
      }
    >
      {query.error && all.length === 0 ? (
        <ProblemNote error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Waiting for={t.what} />
      ) : all.length === 0 ? (
        <Empty title={t.none} says={t.noneSays} command="lockstep release create 1.0.0 --artifact SERVICE=PATH" />
      ) : (
        <>
          <Group gap="md">
            <TextInput
              aria-label={t.find}
              placeholder={t.find}
              leftSection={<Icon name="search" />}
              value={q ?? ''}
              onChange={({ currentTarget: { value } }) => void navigate({ to: '.', search: (before) => ({ ...before, q: value === '' ? undefined : value }), replace: true, resetScroll: false })}
              w={{ base: '100%', sm: 320 }}
            />
            <Text size="sm" c="dimmed" role="status">
              {t.found(f.number(shown.length), f.number(all.length))}
            </Text>
          </Group>
          <Card padding={0}>
            <Table
              label={t.title}
              rows={shown}
              columns={columns}
              rowKey={(r) => r.id}
              rowHeight={narrow ? 64 : 48}
              maxHeight="calc(100dvh - 220px)"
              empty={<Empty title={t.noneFound(q ?? '')} />}
              onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
            />
          </Card>
          {query.hasNextPage && (
            <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} style={{ alignSelf: 'center' }}>
              {t.more}
            </Button>
          )}
        </>
      )}
    </Page>
  );
}
