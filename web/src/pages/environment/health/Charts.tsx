import { SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { metricsQuery, ranges, type MetricPoint, type Metrics, type Range } from '~/api/queries/monitoring';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { asOneOf } from '~/shell/search';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { useTabSearch } from '../use-tab-search';
import { Chart, type Line } from './Chart';
import { chartData } from './chart-data';
import classes from './Charts.module.css';

const served = (point: MetricPoint, value: number) => (point.requests > 0 ? value : undefined);

const requests = [(point: MetricPoint) => point.requestsPerSecond];
const errors = [(point: MetricPoint) => served(point, point.errorRate)];
const latency = [(p: MetricPoint) => served(p, p.latency.p50), (p: MetricPoint) => served(p, p.latency.p95), (p: MetricPoint) => served(p, p.latency.p99)];
const cpu = [(point: MetricPoint) => point.cpu];
const memory = [(point: MetricPoint) => point.memory];

/** What users and processes did over time. */
export function Charts({ environment }: { environment: string }) {
  const t = useText().environment;
  const [{ range = '1h' }, setSearch] = useTabSearch((search): { range?: Range | undefined } => ({ range: asOneOf(search.range, ranges) }));
  const metrics = useQuery(metricsQuery(environment, range, useProject()));
  return (
    <Section
      title={t.charts.title}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t.charts.range}
          data={ranges.map((value) => ({ value, label: t.charts.ranges[value] }))}
          value={range}
          onChange={(value) => setSearch({ range: asOneOf(value, ranges) })}
        />
      }
    >
      <ProblemNote error={metrics.error} onRetry={() => void metrics.refetch()} />
      {metrics.isPending && <Waiting for={t.loading.figures} />}
      {metrics.data?.unknown && (
        <Text c="var(--state-warn)" mb="sm">
          {metrics.data.unknown}
        </Text>
      )}
      {metrics.data && <Five metrics={metrics.data} />}
    </Section>
  );
}

function Five({ metrics }: { metrics: Metrics }) {
  const t = useText().environment.charts;
  const f = useFormat();
  const data = useMemo(
    () => ({ requests: chartData(metrics, requests), errors: chartData(metrics, errors), latency: chartData(metrics, latency), cpu: chartData(metrics, cpu), memory: chartData(metrics, memory) }),
    [metrics],
  );
  const write = useMemo(
    () => ({
      requests: (n: number) => t.perSecond(f.number(n)),
      errors: (n: number) => f.percent(n, 1),
      latency: (n: number) => (n < 10 ? `${f.number(n)}ms` : f.duration(n)),
      cpu: (n: number) => t.cores(n < 1 ? f.number(Math.round(n * 1000)) : f.number(n), n < 1),
      memory: f.bytes,
    }),
    [t, f],
  );
  return (
    <div className={classes.charts}>
      <Chart title={t.requests} data={data.requests} lines={one(t.requests)} write={write.requests} />
      <Chart title={t.errors} data={data.errors} lines={[{ label: t.errors, color: '--state-bad' }]} write={write.errors} />
      <Chart
        title={t.latency}
        data={data.latency}
        lines={[
          { label: 'p50', color: '--state-ok' },
          { label: 'p95', color: '--state-busy' },
          { label: 'p99', color: '--state-warn' },
        ]}
        write={write.latency}
      />
      <Chart title={t.cpu} data={data.cpu} lines={one(t.cpu)} write={write.cpu} />
      <Chart title={t.memory} data={data.memory} lines={one(t.memory)} write={write.memory} binary />
    </div>
  );
}

const one = (label: string): Line[] => [{ label, color: '--mantine-color-anchor' }];
