import { Badge, Card, Group, Title } from '@mantine/core';
import type { Approval } from '~/api/queries/approvals';
import type { Card as Environment } from '~/api/queries/overview';
import { Ago, Took } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { HealthBadge, StatusBadge } from '~/parts/StatusBadge';
import { TrafficBar } from '~/parts/TrafficBar';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import classes from './Card.module.css';
import { CardActions } from './CardActions';
import { urgency } from './arrange';
import { useSentence } from '~/parts/use-sentence';

interface Props {
  environment: Environment;
  approvals: readonly Approval[];
}

/** One environment at a glance: what runs, is it well, what is on its way, and what can be done. */
export function EnvironmentCard({ environment, approvals }: Props) {
  const t = useText();
  const words = t.overview.card;
  const f = useFormat();
  const sentence = useSentence();
  const { name, type, role, status, health, version, traffic, operation, lastActivity, requestsPerSecond, errorsPerSecond, activeUsers, warmUntil } = environment;
  const place = [t.overview.roles[role] || (type === name ? '' : t.parts.type[type]), environment.region, environment.secondaryRegion && words.secondary(environment.secondaryRegion), environment.parent && words.of(environment.parent)].filter(Boolean);
  const stands = operation && (operation.pause ?? operation.waitingFor);
  const doing = operation && `${t.overview.operations[operation.kind]}${operation.step ? `: ${operation.step}` : ''}`;
  return (
    <Card className={classes.card} component="article" aria-label={name} data-current={environment.current} data-unwell={urgency(environment) > 0}>
      <Group justify="space-between" gap="sm" wrap="nowrap" align="flex-start">
        <Title order={3} className={classes.name}>
          <Go to={addresses.environment(name)} inherit>
            {name}
          </Go>
        </Title>
        {environment.current && (
          <Badge variant="light" size="sm" tt="none" data-tip={t.parts.currentSays} aria-description={t.parts.currentSays}>
            {t.parts.current}
          </Badge>
        )}
      </Group>
      {place.length > 0 && <div className={classes.place}>{place.join(' · ')}</div>}
      <div className={classes.version}>
        <Version version={version} />
      </div>
      <Group gap="sm">
        <StatusBadge status={status} />
        {health && <HealthBadge health={health.status} />}
        {health && (
          <span className={classes.quiet}>
            {health.score > 0 && `${words.score(f.number(health.score))} · `}
            {words.ready(f.number(health.ready), f.number(health.desired))}
          </span>
        )}
        {(environment.alerts ?? 0) > 0 && (
          <span className={classes.alerts}>
            <Icon name="warn" size={14} /> {words.alerts(environment.alerts ?? 0)}
          </span>
        )}
      </Group>
      {environment.unknown && <div className={classes.alerts}>{environment.unknown}</div>}
      {traffic.length > 1 && <TrafficBar shares={traffic.map(({ hash, version: name, percent }) => ({ id: hash, name, weight: percent, incoming: name !== version }))} />}
      {operation && (
        <div className={classes.busy} data-waits={operation.status !== 'running' || stands !== undefined}>
          <Icon name={operation.pause ? 'pause' : operation.status === 'running' && !stands ? 'half' : 'clock'} size={14} />{' '}
          <Go to={operation.kind === 'deploy' ? addresses.deployment(operation.id) : addresses.operation(operation.id)} inherit c="inherit" td="underline" aria-label={`${doing}: ${words.watchIn(name)}`}>
            {doing}
          </Go>
          {operation.status === 'running' ? (
            <>
              {' '}
              <Took from={operation.since} />
            </>
          ) : (
            `: ${t.parts.status[operation.status]}`
          )}
          {operation.pause && `, ${words.pausedBy(operation.pause.by)}`}
          {operation.waitingFor && (
            <>
              , {words.waitsFor}{' '}
              <Go to={operation.waitingFor.holderKind === 'deploy' ? addresses.deployment(operation.waitingFor.holder) : addresses.operation(operation.waitingFor.holder)} inherit c="inherit" td="underline">
                {[operation.waitingFor.holderVersion, operation.waitingFor.holderEnvironment].filter(Boolean).join(' → ')}
              </Go>
              {operation.waitingFor.holderWaitsFor && `, ${words.whichWaits[operation.waitingFor.holderWaitsFor](operation.waitingFor.holderStep ?? '')}`}
            </>
          )}
        </div>
      )}
      {warmUntil !== undefined && (
        <div className={classes.quiet}>
          {words.warm} <Ago at={warmUntil} />
        </div>
      )}
      {(requestsPerSecond > 0 || activeUsers > 0) && (
        <div className={classes.quiet}>
          {[words.requests(f.number(requestsPerSecond)), errorsPerSecond > 0 && words.failing(f.number(errorsPerSecond)), activeUsers > 0 && words.users(f.number(activeUsers))].filter(Boolean).join(' · ')}
        </div>
      )}
      <div className={classes.last}>
        {lastActivity ? (
          <>
            {sentence(lastActivity)}, <Ago at={lastActivity.at} />
          </>
        ) : (
          words.never
        )}
      </div>
      <CardActions environment={environment} approvals={approvals} />
    </Card>
  );
}
