import { Code, Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { Schedule } from '~/api/queries/schedules';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Empty } from '~/parts/Empty';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { Section } from '~/parts/Section';
import { Table, type Column } from '~/parts/Table';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import { Pause } from './Pause';
import { useBrings } from './use-brings';

/** Rules by which deployments are made again and again. */
export function Rules({ rules, onRemove }: { rules: readonly Schedule[]; onRemove: (rule: Schedule) => void }) {
  const t = useText().schedules;
  const brings = useBrings();
  const { open } = useDialog();
  const columns = useMemo<Column<Schedule>[]>(
    () => [
      {
        id: 'name',
        title: t.name,
        width: 'minmax(100px, 1.2fr)',
        sort: ({ name }) => name,
        cell: ({ name, description }) => <strong title={description}>{name}</strong>,
      },
      {
        id: 'rule',
        title: t.rule,
        width: 'minmax(185px, 1.4fr)',
        cell: ({ rule, timeZone }) => (
          <>
            <Code>{rule}</Code>{' '}
            <Text span size="sm" c="dimmed">
              {timeZone === '' ? 'UTC' : timeZone}
            </Text>
          </>
        ),
      },
      { id: 'environment', title: t.environment, width: 'minmax(118px, 1fr)', sort: ({ environment }) => environment, cell: ({ environment }) => <Go to={addresses.environment(environment)}>{environment}</Go> },
      { id: 'brings', title: t.brings, width: 'minmax(110px, 1.4fr)', cell: brings },
      {
        id: 'next',
        title: t.next,
        width: '110px',
        sort: ({ nextAt }) => nextAt ?? '~',
        cell: ({ nextAt, paused }) =>
          paused ? (
            <Group gap={4} wrap="nowrap">
              <Icon name="pause" style={{ color: 'var(--state-warn)' }} /> {t.paused}
            </Group>
          ) : (
            <Ago at={nextAt} />
          ),
      },
      { id: 'last', title: t.last, width: 'minmax(90px, 1.2fr)', cell: (rule) => <Last rule={rule} /> },
      {
        id: 'do',
        title: t.actions,
        quiet: true,
        width: '246px',
        align: 'right',
        cell: (rule) => (
          <Group gap="xs" wrap="nowrap" justify="flex-end">
            <Pause rule={rule} />
            <Allowed needs="write" size="compact-sm" variant="default" aria-label={t.changeOf(rule.name)} onClick={() => open('schedule', { id: rule.id })}>
              {t.change}
            </Allowed>
            <Allowed needs="write" size="compact-sm" variant="default" aria-label={t.removeOf(rule.name)} onClick={() => onRemove(rule)}>
              {t.remove}
            </Allowed>
          </Group>
        ),
      },
    ],
    [t, brings, open, onRemove],
  );
  return (
    <Section title={t.rules} flush>
      <Table
        label={t.rules}
        rows={rules}
        columns={columns}
        rowKey={({ id }) => id}
        rowHeight={44}
        maxHeight={560}
        empty={<Empty title={t.noRules} says={t.noRulesSays} command={'lockstep schedule create nightly --environment staging --rule "0 2 * * 1-5"'} />}
      />
    </Section>
  );
}

function Last({ rule: { history } }: { rule: Schedule }) {
  const t = useText().schedules;
  const last = history?.[0];
  if (!last) {
    return (
      <Text span size="sm" c="dimmed">
        {t.neverFired}
      </Text>
    );
  }
  const word = last.deploymentId === undefined ? t.outcomes[last.outcome] : <Go to={addresses.deployment(last.deploymentId)}>{t.outcomes[last.outcome]}</Go>;
  return (
    <span title={last.reason}>
      {word} <Ago at={last.at} />
    </span>
  );
}
