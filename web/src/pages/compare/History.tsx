import { Button, Group, Modal, Stack, Text, UnstyledButton } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once } from '~/api/client';
import { syncQuery, syncsQuery, type Sync } from '~/api/queries/syncs';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Empty } from '~/parts/Empty';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { StatusBadge } from '~/parts/StatusBadge';
import { Table } from '~/parts/Table';
import { Hash } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';

/** What was brought from where into where, each with every change; and taking it back. */
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
      {open !== undefined && <One id={open} onClose={() => onOpen(undefined)} />}
    </Section>
  );
}

function One({ id, onClose }: { id: string; onClose: () => void }) {
  const text = useText();
  const t = text.compare.history;
  const project = useProject();
  const sync = useQuery(syncQuery(id, project));
  const [asking, setAsking] = useState(false);
  const undo = useMutation({
    mutationFn: () => answer(api.POST('/api/system/syncs/{id}/undo', { params: { path: { id }, query: { project }, header: once() } })),
    onSuccess: () => setAsking(false),
  });
  const of = sync.data;
  const done = (of?.changes ?? []).filter(({ status }) => status !== 'skipped');
  return (
    <Modal opened onClose={onClose} title={of ? t.one(of.source, of.target) : t.title} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
      {sync.error && <ProblemNote error={sync.error} onRetry={() => void sync.refetch()} />}
      {sync.isPending && <Waiting for={t.what} />}
      {of && (
        <Stack gap="md">
          <Facts
            rows={[
              [t.columns.status, of.undone ? t.undone(of.undone.by) : <StatusBadge key="status" status={of.status} />],
              [t.columns.when, <Ago key="when" at={of.startedAt} exact />],
              [t.columns.by, of.startedBy],
              [t.columns.type, (text.sync.types as Partial<Record<string, string>>)[of.syncType] ?? of.syncType],
              [t.version, of.newVersion],
              [t.note, of.options?.description],
              [t.deployment, of.deploymentId && <Go key="deployment" to={addresses.deployment(of.deploymentId)}><Hash value={of.deploymentId.slice(-12)} length={12} /></Go>],
            ]}
          />
          {of.error && <ProblemNote error={new Error(of.error)} />}
          <Changes changes={done} />
          {asking && <Text>{t.undoSays(of.target)}</Text>}
          <CommandToCopy command={`lockstep sync ${asking ? 'undo' : 'show'} ${of.id.slice(-12)}`} />
          <ProblemNote error={undo.error} />
          {of.status === 'completed' && !of.undone && (
            <Group justify="flex-end" gap="sm">
              {asking && (
                <Button variant="default" onClick={() => setAsking(false)}>
                  {text.parts.cancel}
                </Button>
              )}
              <Allowed needs="write" variant={asking ? 'filled' : 'default'} loading={undo.isPending} onClick={() => (asking ? undo.mutate() : setAsking(true))}>
                {asking ? t.undoYes : t.undo}
              </Allowed>
            </Group>
          )}
        </Stack>
      )}
    </Modal>
  );
}
