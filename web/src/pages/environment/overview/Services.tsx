import { ActionIcon, Button, Group } from '@mantine/core';
import { useMay } from '~/api/session';
import { list, type Schema } from '~/api/client';
import { Icon } from '~/parts/icons';
import { Scroll } from '~/parts/Scroll';
import { Section } from '~/parts/Section';
import { HealthBadge } from '~/parts/StatusBadge';
import { useFormat, useText } from '~/text/text';
import type { ChangeSearch } from '../change/change-search';
import classes from './Services.module.css';

interface Props {
  services: readonly Schema<'ServiceStatus'>[];
  /** What each service and dependency is, from the health report: it knows versions of app services too. */
  health: readonly Schema<'ServiceHealth'>[] | undefined;
  onChange: (change: ChangeSearch) => void;
}

/** What runs and what it needs: state, version, topology and figure, and how many there are. */
export function Services({ services, health, onChange }: Props) {
  const t = useText().environment.services;
  return (
    <Section title={t.title} flush>
      <Scroll label={t.title}>
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{t.name}</th>
              <th scope="col">{t.state}</th>
              <th scope="col">{t.version}</th>
              <th scope="col">{t.figure}</th>
              <th scope="col">{t.instances}</th>
              <th scope="col">
                <span className={classes.hidden}>{t.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {services.map((service) => (
              <Row key={service.name} service={service} health={health?.find(({ name }) => name === service.name) ?? service.health} onChange={onChange} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {services.length === 0 && <p className={classes.none}>{t.none}</p>}
    </Section>
  );
}

function Row({ service, health, onChange }: { service: Schema<'ServiceStatus'>; health: Schema<'ServiceHealth'> | undefined; onChange: Props['onChange'] }) {
  const t = useText().environment.services;
  const f = useFormat();
  const may = useMay('write');
  const app = service.type === 'app';
  const bad = health && (health.status === 'unhealthy' || health.status === 'warning');
  return (
    <tr data-bad={bad ? health.status : undefined}>
      <th scope="row">
        {service.name} <span className={classes.type}>{service.type === service.name ? '' : service.type}</span>
      </th>
      <td>
        <State service={service} health={health} />
      </td>
      <td className={classes.version}>{health?.version ?? ''}</td>
      <td>
        {[health?.figure, health?.message].filter(Boolean).join(', ')}
        {health?.responseTime !== undefined && <span className={classes.type}> {t.answered(health.responseTime < 1 ? '<1ms' : f.duration(health.responseTime))}</span>}
        {app && list(service.instances).some(({ restarts }) => restarts > 0) && (
          <span className={classes.type}> {t.restarts(f.number(list(service.instances).reduce((sum, { restarts }) => sum + restarts, 0)))}</span>
        )}
      </td>
      <td className="figures">
        {app && (
          <Group gap={4} wrap="nowrap" role="group" aria-label={t.instancesOf(service.name)}>
            <ActionIcon data-tip={t.fewer(service.name)} variant="default" size="sm" disabled={!may || !service.enabled || service.desired === 0} aria-label={t.fewer(service.name)} onClick={() => onChange({ change: 'scale', service: service.name, to: service.desired - 1 })}>
              <Icon name="minus" size={12} />
            </ActionIcon>
            <span className={classes.ready}>{t.ready(f.number(service.ready), f.number(service.desired))}</span>
            <ActionIcon data-tip={t.more(service.name)} variant="default" size="sm" disabled={!may || !service.enabled} aria-label={t.more(service.name)} onClick={() => onChange({ change: 'scale', service: service.name, to: service.desired + 1 })}>
              <Icon name="plus" size={12} />
            </ActionIcon>
          </Group>
        )}
      </td>
      <td className={classes.end}>
        {(app || service.managed) && (
          <Button size="compact-xs" variant="default" disabled={!may} aria-label={(service.enabled ? t.disableOf : t.enableOf)(service.name)} onClick={() => onChange({ change: service.enabled ? 'disable' : 'enable', service: service.name })}>
            {service.enabled ? t.disable : t.enable}
          </Button>
        )}
      </td>
    </tr>
  );
}

function State({ service, health }: { service: Schema<'ServiceStatus'>; health: Schema<'ServiceHealth'> | undefined }) {
  const t = useText().environment.services;
  if (!service.enabled) return <HealthBadge health={t.disabled} />;
  if (!service.managed) return <HealthBadge health={t.unmanaged} />;
  if (service.type === 'app') {
    if (service.desired === 0) return <HealthBadge health="idle" />;
    if (service.ready === service.desired) return <HealthBadge health="healthy" />;
    return <HealthBadge health={service.ready === 0 ? 'down' : 'degraded'} />;
  }
  return <HealthBadge health={health?.status ?? 'unknown'} />;
}
