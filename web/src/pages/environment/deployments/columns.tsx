import { Text } from '@mantine/core';
import type { Deployment } from '~/api/queries/deployments';
import { Ago, Took } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { StatusBadge } from '~/parts/StatusBadge';
import type { Column } from '~/parts/Table';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import classes from './columns.module.css';

/** The columns of deployments; on a phone one, of three lines. */
export function useColumns(narrow: boolean): Column<Deployment>[] {
  const { environment: t, parts } = useText();
  const version = (each: Deployment) => (
    <Go to={addresses.deployment(each.id)}>
      <Version version={each.version} />
    </Go>
  );
  const strategy = (each: Deployment) => parts.strategy[each.strategy] + (each.recipe ? `: ${each.recipe.name}` : '');
  if (narrow) {
    return [
      {
        id: 'deployment',
        title: t.deployments.title,
        width: 'minmax(0, 1fr)',
        cell: (each) => (
          <div className={classes.card}>
            <div className={classes.line}>
              {version(each)}
              <StatusBadge status={each.status} />
            </div>
            <Text size="sm" c="dimmed" truncate>
              <Ago at={each.startedAt ?? each.createdAt} /> {t.revision.by(each.startedBy)}, {strategy(each)}
            </Text>
            <Note deployment={each} />
          </div>
        ),
      },
    ];
  }
  return [
    { id: 'version', title: t.deployments.version, width: 'minmax(110px, 0.8fr)', cell: version },
    { id: 'status', title: t.deployments.status, width: '140px', cell: (each) => <StatusBadge status={each.status} /> },
    { id: 'strategy', title: t.deployments.strategy, width: 'minmax(110px, 0.8fr)', cell: strategy },
    { id: 'took', title: t.deployments.took, width: '100px', align: 'right', cell: (each) => <Duration deployment={each} /> },
    { id: 'when', title: t.deployments.when, width: '130px', cell: (each) => <Ago at={each.scheduledFor ?? each.startedAt ?? each.createdAt} /> },
    { id: 'by', title: t.deployments.by, width: 'minmax(90px, 0.6fr)', cell: (each) => <span title={each.startedBy}>{each.startedBy}</span> },
    { id: 'note', title: t.deployments.note, width: 'minmax(240px, 2.4fr)', cell: (each) => <Note deployment={each} /> },
  ];
}

function Duration({ deployment: { duration, startedAt, status } }: { deployment: Deployment }) {
  if (duration !== undefined) return <Took ms={duration} />;
  return status === 'running' ? <Took from={startedAt} /> : null;
}

/** Why it ended otherwise than it should have, and who took it back; else what it was for. */
function Note({ deployment: each }: { deployment: Deployment }) {
  const t = useText().environment.deployments;
  const notes: string[] = [];
  if (each.rollback) notes.push(each.rollback.automatic ? t.rolledBackItself : t.rolledBackByHand, each.rollback.reason);
  else if (each.error) notes.push(each.error.message.split('\n')[0] ?? '');
  if (each.rollbackOf) notes.push(t.isRollback);
  if (each.promotedFrom) notes.push(t.promotedFrom(each.promotedFrom.environment));
  if (each.forced) notes.push(t.forced);
  if (each.approvedBy) notes.push(t.approvedBy(each.approvedBy));
  if (each.reason) notes.push(each.reason);
  if (each.description) notes.push(each.description);
  const text = notes.filter(Boolean).join('; ');
  return (
    <div className={classes.note} data-bad={each.status === 'failed' || each.rollback !== undefined} title={text}>
      {text}
    </div>
  );
}
