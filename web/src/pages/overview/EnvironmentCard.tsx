import { Badge, Card, Group, Text, Title, Tooltip } from '@mantine/core';
import { list, type Schema } from '~/api/client';
import type { Environment } from '~/api/queries/environments';
import { Ago } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { HealthBadge, StatusBadge } from '~/parts/StatusBadge';
import { TrafficBar } from '~/parts/TrafficBar';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import classes from './Overview.module.css';

interface Props {
  environment: Environment;
  activity: Schema<'EnvironmentActivity'> | undefined;
}

/** One environment at a glance: what runs, is it well, what is on its way. */
export function EnvironmentCard({ environment, activity }: Props) {
  const t = useText();
  const f = useFormat();
  const { name, type, status, health, behind, metadata } = environment;
  const last = metadata.lastDeployment;
  const shares = list(activity?.traffic);
  return (
    <Card className={classes.card} component="article" aria-label={name} data-current={activity?.current ?? false}>
      <Group justify="space-between" gap="sm" wrap="nowrap">
        <Title order={3} className={classes.name}>
          <Go to={addresses.environment(name)} inherit>
            {name}
          </Go>
        </Title>
        {activity?.current && (
          <Tooltip label={t.parts.currentSays}>
            <Badge variant="light" size="sm" tt="none" tabIndex={0}>
              {t.parts.current}
            </Badge>
          </Tooltip>
        )}
      </Group>
      <Group justify="space-between" gap="sm">
        <StatusBadge status={status} />
        {type !== name && (
          <Text size="sm" c="dimmed">
            {t.parts.type[type]}
          </Text>
        )}
      </Group>
      <div className={classes.version}>
        <Version version={metadata.version} />
      </div>
      {health ? (
        <Group gap="sm">
          <HealthBadge health={health.status} />
          <Text size="sm" c="dimmed" className="figures">
            {health.score > 0 && `${t.overview.card.scoreShort(f.number(health.score))} · `}
            {t.overview.card.ready(f.number(health.ready), f.number(health.desired))}
          </Text>
        </Group>
      ) : null}
      {shares.length > 1 && (
        <TrafficBar shares={shares.map((share) => ({ id: share.hash, name: share.version, weight: share.percent, incoming: share.version !== metadata.version }))} />
      )}
      {activity?.operation && (
        <Text size="sm" className={classes.busy}>
          {activity.operation.kind} {t.overview.card.underWay}
          {activity.operation.step ? `: ${activity.operation.step}` : ''}
        </Text>
      )}
      {behind && behind.releases > 0 && (
        <Text size="sm" className={classes.behind}>
          {t.overview.card.ahead(behind.releases, behind.environment)} ({behind.newest})
        </Text>
      )}
      <Text size="sm" c="dimmed" mt="auto">
        {last ? (
          <>
            {t.overview.card.lastDeployed} <Ago at={last.deployedAt} /> {t.overview.card.by(last.deployedBy)}
          </>
        ) : (
          t.overview.card.never
        )}
        {activity?.now && (
          <span className="figures">
            {' · '}
            {t.overview.card.requests(f.number(activity.now.requestsPerSecond))}
            {activity.now.activeUsers > 0 && ` · ${t.overview.card.users(f.number(activity.now.activeUsers))}`}
          </span>
        )}
      </Text>
    </Card>
  );
}
