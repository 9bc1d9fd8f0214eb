import { UnstyledButton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { syncsQuery, type Sync } from '~/api/queries/syncs';
import { Ago } from '~/parts/Ago';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { StatusBadge } from '~/parts/StatusBadge';
import { Table } from '~/parts/Table';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';

const OneSync = lazy(() => import('./OneSync').then(({ OneSync }) => ({ default: OneSync })));

/** What was brought from where into where, each with every change, which opens one by one. */
export function History({ open, onOpen }: { open: string | undefined; onOpen: (sync: string | undefined) => void }) {
  const text = useText();
  const t = text.compare.history;
  const f = useFormat();
  const syncs = useInfiniteQuery(syncsQuery(useProject()));
  if (syncs.error) return <ProblemNote error={syncs.error} onRetry={() => void syncs.refetch()} />;
  if (syncs.isPending) return <Waiting for={t.what} />;
  const rows = syncs.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return <Empty title={t.empty.title} says={t.empty.says} command={t.empty.command} />;
  return (
    <Section title={t.title} flush>
      <Table<Sync>
        label={t.title}
        rows={rows}
        rowKey={({ id }) => id}
        onEnd={() => syncs.hasNextPage && void syncs.fetchNextPage()}
        columns={[
          {
            id: 'when',
            title: t.columns.when,
            width: '120px',
            cell: ({ id, startedAt, source, target }) => (
              <UnstyledButton c="var(--mantine-color-anchor)" fz="inherit" aria-label={t.open(source, target)} onClick={() => onOpen(id)}>
                <Ago at={startedAt} />
              </UnstyledButton>
            ),
          },
          { id: 'from', title: t.columns.from, width: 'minmax(110px, 1fr)', cell: ({ source }) => <Go to={addresses.environment(source)}>{source}</Go> },
          { id: 'to', title: t.columns.to, width: 'minmax(110px, 1fr)', cell: ({ target }) => <Go to={addresses.environment(target)}>{target}</Go> },
          { id: 'type', title: t.columns.type, width: 'minmax(160px, 2fr)', cell: ({ syncType }) => (text.sync.types as Partial<Record<string, string>>)[syncType] ?? syncType },
          { id: 'status', title: t.columns.status, width: '200px', cell: ({ status, undone }) => (undone ? <span>{t.undone(undone.by)}</span> : <StatusBadge status={status} />) },
          { id: 'changes', title: t.columns.changes, width: '96px', align: 'right', cell: ({ changes }) => f.number(changes.filter(({ status }) => status !== 'skipped').length) },
          { id: 'by', title: t.columns.by, width: 'minmax(90px, 1fr)', cell: ({ startedBy }) => startedBy },
        ]}
      />
      {open !== undefined && (
        <Suspense>
          <OneSync id={open} onClose={() => onOpen(undefined)} />
        </Suspense>
      )}
    </Section>
  );
}
