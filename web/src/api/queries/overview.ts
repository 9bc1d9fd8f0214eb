import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Overview = Schema<'Overview'>;
export type Card = Schema<'EnvironmentCard'>;
export type EnvironmentMap = Schema<'EnvironmentMap'>;

const figures = 15_000; // requests, errors and users change without events

/** Everything at a glance, in one request: environments, where users are, what waits, what happened last. */
export const overviewQuery = (project?: string) =>
  queryOptions({
    queryKey: key('overview', { project }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/overview', { params: { query: { project } }, signal })),
    refetchInterval: ({ state }) => ((state.data?.environments.length ?? 0) > 200 ? 4 * figures : figures),
  });

/** What an environment is made of: its services, what they need, and who leads where. */
export const mapQuery = (environment: string, project?: string) =>
  queryOptions({
    queryKey: key('health', { project, environment, map: true }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/environments/{id}/map', { params: { path: { id: environment }, query: { project } }, signal })),
    refetchInterval: figures,
  });
