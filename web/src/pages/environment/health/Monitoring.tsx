import { Text } from '@mantine/core';
import type { Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { Facts } from '~/parts/Facts';
import { Section } from '~/parts/Section';
import { useFormat, useText } from '~/text/text';

/** Uptime, users, log volume, and whether anybody looks at all. */
export function Monitoring({ health, status }: { health: Schema<'HealthReport'>; status: Schema<'StatusReport'> | undefined }) {
  const t = useText().environment.health;
  const f = useFormat();
  const { monitoring, metrics } = status ?? {};
  const total = metrics?.total;
  const ms = (n: number) => (n < 10 ? `${f.number(n)}ms` : f.duration(n));
  return (
    <Section title={t.monitoring}>
      <Facts
        rows={[
          ...health.uptime.map((uptime) => [t.uptimeOf(windowOf(uptime.window, t)), <Uptime key={uptime.window} uptime={uptime} />] as const),
          [t.watched, monitoring && <span key="watched">{t.watches[monitoring.uptime]} {monitoring.lastSeen && <Text span size="sm" c="dimmed">{t.lastSeen} <Ago at={monitoring.lastSeen} /></Text>}</span>],
          [t.performance, monitoring && t.watches[monitoring.performance]],
          [t.weakSpots, monitoring && t.watches[monitoring.security]],
          [t.users, total && <span key="users" className="figures">{t.usersOf(f.number(total.activeUsers))}</span>],
          [t.requests, total && <span key="requests" className="figures">{t.requestsOf(f.number(total.requests), f.percent(total.errorRate, 2))}</span>],
          [t.latency, total && total.requests > 0 && <span key="latency" className="figures">{t.latencyOf(ms(total.latency.p50), ms(total.latency.p95), ms(total.latency.p99))}</span>],
          [t.logs, metrics && <span key="logs" className="figures">{t.logsOf(f.bytes(metrics.logs.today))}</span>],
          [t.edge, status?.edge && (status.edge.held > 0 || status.edge.shed > 0) && t.edgeOf(f.number(status.edge.held), f.number(status.edge.shed))],
        ]}
      />
    </Section>
  );
}

function windowOf(ms: number, t: { hours: (n: number) => string; days: (n: number) => string }): string {
  const hours = ms / 3_600_000;
  return hours <= 24 ? t.hours(hours) : t.days(hours / 24);
}

/** The share of the time that was observed, and how much that is: what nobody saw is neither up nor down. */
export function Uptime({ uptime }: { uptime: Schema<'Uptime'> }) {
  const t = useText().environment.health;
  const f = useFormat();
  if (uptime.percent === undefined) return <Text span c="dimmed" inherit>{t.notObserved}</Text>;
  return (
    <span className="figures">
      {f.percent(uptime.percent / 100, 2)}{' '}
      <Text span size="sm" c="dimmed">
        {t.observed(f.percent(Math.min(1, uptime.observed / uptime.window), 2))}
      </Text>
    </span>
  );
}
