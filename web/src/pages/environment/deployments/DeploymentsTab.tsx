import { Button, Group, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { deploymentsQuery } from '~/api/queries/deployments';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Select } from '~/parts/Choice';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { SearchBox } from '~/parts/SearchBox';
import { Section } from '~/parts/Section';
import { Table } from '~/parts/Table';
import { Waiting } from '~/parts/Waiting';
import { asOneOf, asText, type RawSearch } from '~/shell/search';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import type { TabProps } from '../tabs';
import { useTabSearch } from '../use-tab-search';
import { useColumns } from './columns';

const statuses = ['running', 'pending_approval', 'pending', 'completed', 'rolled_back', 'failed', 'cancelled'] as const;

interface Search {
  status?: (typeof statuses)[number] | undefined;
  version?: string | undefined;
  by?: string | undefined;
}

const read = (search: RawSearch): Search => ({ status: asOneOf(search.status, statuses), version: asText(search.version), by: asText(search.by) });

/** What was deployed here, the newest first. */
export function DeploymentsTab({ environment }: TabProps) {
  const { environment: t, parts } = useText();
  const f = useFormat();
  const project = useProject();
  const { open } = useDialog();
  const [search, setSearch] = useTabSearch(read);
  const narrow = useMediaQuery('(max-width: 640px)');
  const columns = useColumns(narrow);
  const pages = useInfiniteQuery(deploymentsQuery({ project, environment, status: search.status }));
  const all = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const rows = all.filter((each) => each.version.includes(search.version ?? '') && (!search.by || each.startedBy === search.by));
  const people = [...new Set([...all.map(({ startedBy }) => startedBy), ...(search.by ? [search.by] : [])])].sort();
  // What is filtered here and not by the server may be on a later page.
  const more = pages.hasNextPage && !pages.isFetchingNextPage;
  const filtered = Boolean(search.status ?? search.version ?? search.by);
  return (
    <Section
      title={t.deployments.title}
      flush
      actions={
        <Group gap="xs">
          <Allowed needs="write" size="compact-sm" leftSection={<Icon name="deploy" size={14} />} onClick={() => open('deploy', { environment })}>
            {t.deployments.deployNow}
          </Allowed>
          <Allowed needs="write" size="compact-sm" variant="default" leftSection={<Icon name="schedules" size={14} />} onClick={() => open('schedule', { environment })}>
            {t.deployments.schedule}
          </Allowed>
        </Group>
      }
    >
      <Group gap="sm" p="md" role="search" aria-label={t.deployments.filter}>
        <Select
          aria-label={t.deployments.status}
          placeholder={t.deployments.status}
          clearable
          w={170}
          data={statuses.map((value) => ({ value, label: parts.status[value] }))}
          value={search.status ?? null}
          onChange={(status) => setSearch({ status: statuses.find((each) => each === status) })}
        />
        <SearchBox label={t.deployments.version} value={search.version} onSearch={(version) => setSearch({ version })} w={170} />
        <Select aria-label={t.deployments.by} placeholder={t.deployments.by} clearable searchable w={170} data={people} value={search.by ?? null} onChange={(by) => setSearch({ by: by ?? undefined })} />
        <Text c="dimmed" size="sm" role="status">
          {pages.data && (pages.hasNextPage ? t.deployments.countMore(f.number(rows.length)) : t.deployments.count(f.number(rows.length)))}
        </Text>
      </Group>
      <div style={{ padding: pages.error ? 16 : 0 }}>
        <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />
      </div>
      {pages.isPending && <Waiting for={t.loading.deployments} />}
      {pages.data && (
        <Table
          label={t.deployments.title}
          rows={rows}
          columns={columns}
          rowKey={({ id }) => id}
          rowHeight={narrow ? 84 : 56}
          onEnd={() => {
            if (more) void pages.fetchNextPage();
          }}
          empty={
            filtered ? (
              <Empty title={t.deployments.noneFound} says={pages.hasNextPage ? t.deployments.searchOlder : t.deployments.noneFoundSays}>
                {more && (
                  <Button variant="default" style={{ alignSelf: 'flex-start' }} onClick={() => void pages.fetchNextPage()}>
                    {t.deployments.older}
                  </Button>
                )}
              </Empty>
            ) : (
              <Empty title={t.deployments.empty} says={t.deployments.emptySays} command={`lockstep deploy ${environment}`} />
            )
          }
        />
      )}
    </Section>
  );
}
