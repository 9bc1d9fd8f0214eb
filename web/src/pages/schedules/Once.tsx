import { Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { Schema } from '~/api/client';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { Section } from '~/parts/Section';
import { StatusBadge } from '~/parts/StatusBadge';
import { Table, type Column } from '~/parts/Table';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';

type Scheduled = Schema<'ScheduledDeployment'>;

/** Deployments that wait for their time. */
export function Once({ deployments }: { deployments: readonly Scheduled[] }) {
  const texts = useText();
  const t = texts.schedules;
  const f = useFormat();
  const { open } = useDialog();
  const columns = useMemo<Column<Scheduled>[]>(
    () => [
      { id: 'at', title: t.starts, width: 'minmax(212px, 1.4fr)', cell: ({ scheduledFor }) => <Ago at={scheduledFor} exact /> },
      {
        id: 'what',
        title: t.brings,
        width: 'minmax(168px, 1.6fr)',
        cell: ({ id, version, environment }) => (
          <Go to={addresses.deployment(id)}>
            <Version version={version} /> {t.to(environment)}
          </Go>
        ),
      },
      { id: 'status', title: t.state, width: '112px', cell: ({ status }) => <StatusBadge status={status} /> },
      { id: 'strategy', title: t.strategy, width: '96px', cell: ({ strategy }) => texts.parts.strategy[strategy] },
      {
        id: 'downtime',
        title: t.downtime,
        width: '92px',
        align: 'right',
        cell: ({ estimatedDowntime }) => (
          <Text span size="sm" {...(estimatedDowntime === undefined && { c: 'dimmed' })}>
            {estimatedDowntime === undefined ? t.unknown : estimatedDowntime === 0 ? t.noDowntime : f.duration(estimatedDowntime)}
          </Text>
        ),
      },
      { id: 'back', title: t.wayBack, width: 'minmax(104px, 1.6fr)', cell: ({ rollbackPlan }) => <span title={rollbackPlan}>{rollbackPlan}</span> },
      { id: 'who', title: t.askedBy, width: 'minmax(80px, 1fr)', cell: ({ startedBy }) => startedBy },
      {
        id: 'do',
        title: t.actions,
        quiet: true,
        width: '164px',
        align: 'right',
        cell: ({ id, version, environment }) => (
          <Group gap="xs" wrap="nowrap" justify="flex-end">
            <Allowed needs="write" size="compact-sm" variant="default" aria-label={t.changeOf(`${version} ${t.to(environment)}`)} onClick={() => open('schedule', { id })}>
              {t.change}
            </Allowed>
            <Allowed needs="write" size="compact-sm" variant="default" aria-label={t.cancelOf(`${version} ${t.to(environment)}`)} onClick={() => open('cancel', { id, environment })}>
              {t.cancel}
            </Allowed>
          </Group>
        ),
      },
    ],
    [t, texts, f, open],
  );
  return (
    <Section title={t.once} flush>
      <Table
        label={t.once}
        rows={deployments}
        columns={columns}
        rowKey={({ id }) => id}
        rowHeight={44}
        maxHeight={400}
        empty={<Empty title={t.noneOnce} says={t.noneOnceSays} command={'lockstep deploy production latest --at "tomorrow 02:00"'} />}
      />
    </Section>
  );
}
