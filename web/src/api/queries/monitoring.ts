import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Metrics = Schema<'EnvironmentMetrics'>;
export type MetricPoint = Schema<'MetricPoint'>;

export const ranges = ['1h', '6h', '24h', '7d', '30d'] as const;
export type Range = (typeof ranges)[number];

/** What users and processes did in a range of time. Figures come without events, so it is asked again while it is seen. */
export const metricsQuery = (environment: string, range: Range, project?: string) =>
  queryOptions({
    queryKey: key('metrics', { project, environment, range }),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/system/environments/{id}/metrics', { params: { path: { id: environment }, query: { project, range } }, signal })),
    refetchInterval: range === '1h' ? 15_000 : 60_000,
    placeholderData: keepPreviousData,
  });

/** Weak spots in how an environment is run. */
export const securityQuery = (environment: string, project?: string) =>
  queryOptions({
    queryKey: key('config', { project, environment, security: true }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/environments/{id}/security', { params: { path: { id: environment }, query: { project } }, signal })),
  });
