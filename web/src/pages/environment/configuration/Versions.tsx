import { Badge, Group, Radio, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { configDiffQuery, configVersionsQuery, type ConfigVersion } from '~/api/queries/config';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Table } from '~/parts/Table';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

const Restore = lazy(() => import('./Restore').then(({ Restore }) => ({ default: Restore })));

interface Props {
  environment: string;
  running: number;
  latest: number;
  from: string | undefined;
  to: string | undefined;
  onChoose: (choice: { from?: string; to?: string }) => void;
}

/** Every version that was made: who, when, why, which runs; any two compared, and an old one brought back. */
export function Versions({ environment, running, latest, from, to, onChoose }: Props) {
  const t = useText().configuration.versions;
  const project = useProject();
  const versions = useInfiniteQuery(configVersionsQuery(environment, project));
  const [restoring, setRestoring] = useState<number>();
  const rows = versions.data?.pages.flatMap((page) => page.items) ?? [];
  if (versions.isPending) return <Waiting for={t.what} />;
  if (versions.error) return <ProblemNote error={versions.error} onRetry={() => void versions.refetch()} />;
  const left = from ?? (running > 0 && running !== latest ? String(running) : String(Math.max(1, latest - 1)));
  const right = to ?? String(latest);
  const radio = (version: ConfigVersion, side: 'from' | 'to', chosen: string) => (
    <Radio name={`compare-${side}`} value={String(version.number)} checked={chosen === String(version.number)} aria-label={t[side](String(version.number))} onChange={() => onChoose({ [side]: String(version.number) })} />
  );
  return (
    <Stack gap="md">
      <Section title={t.title} flush>
        <Table
          label={t.title}
          rows={rows}
          rowKey={({ id }) => id}
          rowHeight={44}
          maxHeight={420}
          onEnd={() => versions.hasNextPage && void versions.fetchNextPage()}
          columns={[
            {
              id: 'compare',
              title: t.columns.compare,
              width: '88px',
              cell: (version) => (
                <Group gap="sm" wrap="nowrap">
                  {radio(version, 'from', left)}
                  {radio(version, 'to', right)}
                </Group>
              ),
            },
            {
              id: 'number',
              title: t.columns.number,
              width: '150px',
              cell: ({ number }) => (
                <Group gap="xs" wrap="nowrap">
                  <span className="figures">{number}</span>
                  {number === running && <Badge variant="default">{t.runs}</Badge>}
                  {number === latest && <Badge variant="default">{t.newest}</Badge>}
                </Group>
              ),
            },
            { id: 'message', title: t.columns.message, width: 'minmax(180px, 4fr)', cell: ({ message }) => <span title={message}>{message}</span> },
            { id: 'by', title: t.columns.by, width: 'minmax(80px, 1fr)', cell: ({ author }) => author },
            { id: 'made', title: t.columns.made, width: '120px', cell: ({ createdAt }) => <Ago at={createdAt} /> },
            {
              id: 'restore',
              title: '',
              width: '110px',
              align: 'right',
              cell: ({ number }) =>
                number !== latest && (
                  <Allowed needs="write" variant="subtle" size="compact-sm" aria-label={t.restoreNamed(String(number))} onClick={() => setRestoring(number)}>
                    {t.restore}
                  </Allowed>
                ),
            },
          ]}
        />
      </Section>
      <Section title={t.diff(left, right)}>{left === right ? <Text c="dimmed">{t.choose}</Text> : <Differences environment={environment} from={left} to={right} />}</Section>
      {restoring !== undefined && (
        <Suspense>
          <Restore environment={environment} version={restoring} onClose={() => setRestoring(undefined)} />
        </Suspense>
      )}
    </Stack>
  );
}

function Differences({ environment, from, to }: { environment: string; from: string; to: string }) {
  const t = useText().configuration.versions;
  const diff = useQuery(configDiffQuery(environment, from, to, useProject()));
  if (diff.isPending) return <Waiting for={t.what} />;
  if (diff.error) return <ProblemNote error={diff.error} onRetry={() => void diff.refetch()} />;
  return (
    <Stack gap="md">
      <Changes changes={diff.data.changes} />
      <CommandToCopy command={`lockstep config diff ${environment} ${from} ${to}`} />
    </Stack>
  );
}
