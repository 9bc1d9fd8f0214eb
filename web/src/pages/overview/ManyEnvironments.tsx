import { useMemo } from 'react';
import type { Card } from '~/api/queries/overview';
import { Ago } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { HealthBadge, StatusBadge } from '~/parts/StatusBadge';
import { Table, type Column } from '~/parts/Table';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import { urgency } from './arrange';
import classes from './Overview.module.css';

/** Hundreds of environments, one a row: what is unwell stands first. */
export function ManyEnvironments({ label, cards }: { label: string; cards: readonly Card[] }) {
  const t = useText();
  const f = useFormat();
  const words = t.overview.columns;
  const columns = useMemo<Column<Card>[]>(
    () => [
      { id: 'name', title: words.name, width: 'minmax(160px, 2fr)', sort: ({ name }) => name, cell: ({ name }) => <span title={name}><Go to={addresses.environment(name)}>{name}</Go></span> },
      { id: 'status', title: words.status, width: 'minmax(120px, 1fr)', sort: (card) => card.status, cell: ({ status }) => <StatusBadge status={status} /> },
      { id: 'health', title: words.health, width: 'minmax(110px, 1fr)', sort: (card) => -urgency(card), cell: ({ health }) => health && <HealthBadge health={health.status} /> },
      { id: 'version', title: words.version, width: 'minmax(110px, 1fr)', sort: ({ version }) => version ?? '', cell: ({ version }) => <Version version={version} /> },
      { id: 'kind', title: words.kind, width: 'minmax(110px, 1fr)', sort: ({ type }) => type, cell: ({ type }) => t.parts.type[type] },
      { id: 'users', title: words.users, width: '90px', align: 'right', sort: ({ activeUsers }) => activeUsers, cell: ({ activeUsers }) => f.number(activeUsers) },
      { id: 'last', title: words.last, width: 'minmax(110px, 1fr)', sort: ({ lastActivity }) => lastActivity?.at ?? '', cell: ({ lastActivity }) => <Ago at={lastActivity?.at} /> },
    ],
    [t, f, words],
  );
  return (
    <div className={classes.framed}>
      <Table label={label} rows={cards} columns={columns} rowKey={({ id }) => id} maxHeight={480} />
    </div>
  );
}
