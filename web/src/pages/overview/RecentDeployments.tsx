import { Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { list } from '~/api/client';
import { deploymentsQuery, type Deployment } from '~/api/queries/deployments';
import { Ago, Took } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { StatusBadge } from '~/parts/StatusBadge';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import classes from './Lists.module.css';
import { Nothing } from './Nothing';

const shown = 6;

/** The last deployments: what came of each, how long it took, how it was done, by whom, and what went wrong. */
export function RecentDeployments() {
  const t = useText().overview.deployments;
  const project = useProject();
  const deployments = useInfiniteQuery(deploymentsQuery({ project }, shown));
  const all = list(deployments.data?.pages[0]?.items);
  return (
    <Section title={t.title} flush>
      {deployments.isPending && <Waiting for={t.title} />}
      {deployments.error && <ProblemNote error={deployments.error} onRetry={() => void deployments.refetch()} />}
      {deployments.data && all.length === 0 && <Nothing says={t.empty} command={t.command} />}
      <ul className={classes.list}>
        {all.map((deployment) => (
          <li key={deployment.id} className={classes.row}>
            <One deployment={deployment} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function One({ deployment }: { deployment: Deployment }) {
  const t = useText();
  const words = t.overview.deployments;
  const { id, version, environment, status, strategy, startedBy, createdAt, startedAt, completedAt, rollback, error } = deployment;
  const why = rollback?.reason ?? error?.message;
  return (
    <>
      <div className={classes.words}>
        <Go to={addresses.deployment(id)} fw={600} c="var(--mantine-color-text)">
          <Version version={version} /> {words.to(environment)}
        </Go>{' '}
        <Ago at={completedAt ?? startedAt ?? createdAt} />
        <Text size="sm" c="dimmed" component="div">
          {startedAt !== undefined && (
            <>
              <Took from={startedAt} until={completedAt} /> ·{' '}
            </>
          )}
          {t.parts.strategy[strategy]} · {words.by(startedBy)}
          {rollback && ` · ${rollback.automatic ? `${words.rolledBack} ${words.itself}` : words.rolledBack}`}
        </Text>
        {why !== undefined && why !== '' && status !== 'completed' && <Text size="sm" lineClamp={3}>{why}</Text>}
      </div>
      <StatusBadge status={status} />
    </>
  );
}
