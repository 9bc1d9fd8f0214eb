import type { Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { Scroll } from '~/parts/Scroll';
import { Section } from '~/parts/Section';
import { HealthBadge } from '~/parts/StatusBadge';
import { useFormat, useText } from '~/text/text';
import classes from '../overview/Services.module.css';
import { scoreParts } from './score';

/** Each service and dependency: state, version, topology, figure, answer, uptime, and how much it counts. */
export function ServicesHealth({ services }: { services: readonly Schema<'ServiceHealth'>[] }) {
  const t = useText().environment;
  const f = useFormat();
  const parts = scoreParts(services);
  return (
    <Section title={t.services.title} flush>
      <Scroll label={t.services.title}>
        <table className={classes.table}>
          <thead>
            <tr>
              {[t.services.name, t.services.state, t.services.version, t.services.figure, t.health.answer, t.health.since, t.health.uptime30, t.health.counts].map((title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {services.map((service) => {
              const part = parts.find(({ name }) => name === service.name);
              const month = service.uptime?.find(({ window }) => window === 2_592_000_000);
              return (
                <tr key={service.name} data-bad={service.status === 'unhealthy' || service.status === 'warning' ? service.status : undefined}>
                  <th scope="row">
                    {service.name} <span className={classes.type}>{service.type === service.name ? '' : service.type}</span>
                  </th>
                  <td>
                    <HealthBadge health={stateOf(service, t.services)} />
                  </td>
                  <td className={classes.version}>{service.version}</td>
                  <td>
                    {[service.desired !== undefined ? t.health.ready(f.number(service.ready ?? 0), f.number(service.desired)) : '', service.figure, service.message].filter(Boolean).join(', ')}
                  </td>
                  <td className="figures" data-label={t.health.answer}>{service.responseTime !== undefined && (service.responseTime < 1 ? '<1ms' : f.duration(service.responseTime))}</td>
                  <td data-label={t.health.since}>{service.since !== undefined && <Ago at={service.since} />}</td>
                  <td className="figures" data-label={t.health.uptime30}>{month?.percent !== undefined && f.percent(month.percent / 100, 2)}</td>
                  <td className={`figures ${classes.type}`} data-label={t.health.counts}>{part?.value === undefined ? t.health.countsNot : t.health.countsFor(f.number(part.weight), f.number(part.value))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroll>
    </Section>
  );
}

function stateOf(service: Schema<'ServiceHealth'>, t: { disabled: string; unmanaged: string }): string {
  if (service.disabled) return t.disabled;
  return service.managed ? service.status : t.unmanaged;
}
