import { Button, Card, Checkbox, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { environmentsQuery } from '~/api/queries/environments';
import { liveQuery } from '~/api/queries/live';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Select } from '~/parts/Choice';
import { Empty } from '~/parts/Empty';
import { useFew } from '~/parts/few';
import { Icon } from '~/parts/icons';
import { Page } from '~/parts/Page';
import { ProblemNote } from '~/parts/ProblemNote';
import { SearchBox } from '~/parts/SearchBox';
import { Table } from '~/parts/Table';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { useColumns } from './columns';
import { found, healths, statuses, tagsOf, types, type ListSearch } from './list-search';

/** All environments, however many. */
export function EnvironmentsPage() {
  const { environments: t, parts } = useText();
  const f = useFormat();
  const few = useFew();
  const project = useProject();
  const { open } = useDialog();
  const search = useSearch({ from: '/shell/environments' });
  const navigate = useNavigate();
  const set = (change: ListSearch) => void navigate({ to: '.', search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const environments = useQuery(environmentsQuery(project));
  const current = useQuery(liveQuery(project)).data?.environment?.id;
  const narrow = useMediaQuery('(max-width: 640px)');
  const columns = useColumns({ current, narrow, services: search.services ?? false });
  const all = environments.data ?? [];
  const rows = found(all, search);
  const filtered = Boolean(search.q ?? search.type ?? search.status ?? search.health ?? search.tag);
  return (
    <Page
      title={t.title}
      actions={
        <Allowed needs="write" leftSection={<Icon name="plus" />} onClick={() => open('create')}>
          {t.create}
        </Allowed>
      }
    >
      <Group gap="sm" role="search" aria-label={t.filter}>
        <SearchBox
          label={t.search}
          value={search.q}
          onSearch={(q) => set({ q })}
          style={{ flex: '1 1 220px', maxWidth: 360 }}
        />
        <Select aria-label={t.type} placeholder={t.type} clearable w={150} data={types.map((value) => ({ value, label: parts.type[value] }))} value={search.type ?? null} onChange={(type) => set({ type: types.find((each) => each === type) })} />
        <Select aria-label={t.status} placeholder={t.status} clearable w={150} data={statuses.map((value) => ({ value, label: parts.status[value] }))} value={search.status ?? null} onChange={(status) => set({ status: statuses.find((each) => each === status) })} />
        <Select aria-label={t.health} placeholder={t.health} clearable w={150} data={healths.map((value) => ({ value, label: t.healths[value] }))} value={search.health ?? null} onChange={(health) => set({ health: healths.find((each) => each === health) })} />
        <Select aria-label={t.tag} placeholder={t.tag} clearable searchable filter={few} w={170} data={tagsOf(all)} value={search.tag ?? null} onChange={(tag) => set({ tag: tag ?? undefined })} nothingFoundMessage={t.noTags} />
        <Checkbox label={t.showServices} checked={search.services ?? false} onChange={({ currentTarget: { checked } }) => set({ services: checked || undefined })} />
        <Text c="dimmed" size="sm" role="status">
          {environments.data && t.count(f.number(rows.length), f.number(all.length))}
        </Text>
      </Group>
      <ProblemNote error={environments.error} onRetry={() => void environments.refetch()} />
      {environments.isPending && <Waiting for={t.what} />}
      {environments.data && (
        <Card padding={0}>
          <Table
            label={t.title}
            rows={rows}
            columns={columns}
            rowKey={({ id }) => id}
            rowHeight={narrow ? 64 : 44}
            maxHeight="calc(100dvh - 250px)"
            sorted={search.sort ? { id: search.sort, down: search.down ?? false } : undefined}
            onSort={({ id, down }) => set({ sort: id, down: down || undefined })}
            empty={
              filtered ? (
                <Empty title={t.noneFound} says={t.noneFoundSays}>
                  <Button variant="default" style={{ alignSelf: 'flex-start' }} onClick={() => set({ q: undefined, type: undefined, status: undefined, health: undefined, tag: undefined })}>
                    {t.showAll}
                  </Button>
                </Empty>
              ) : (
                <Empty title={t.empty} says={t.emptySays} command="lockstep apply -f environment-matrix.yaml" />
              )
            }
          />
        </Card>
      )}
    </Page>
  );
}
