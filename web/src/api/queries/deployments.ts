import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Deployment = Schema<'Deployment'>;
export type DeploymentStatus = Deployment['status'];

interface Filter {
  project?: string | undefined;
  environment?: string | undefined;
  status?: DeploymentStatus | undefined;
}

/** Deployments, the newest first, page by page. */
export const deploymentsQuery = (filter: Filter, limit = 50) =>
  infiniteQueryOptions({
    queryKey: key('deployments', { ...filter, limit }),
    queryFn: ({ signal, pageParam }) =>
      answer(api.GET('/api/system/deployments', { params: { query: { ...filter, limit, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor || undefined,
  });

/** One deployment, with its steps. */
export const deploymentQuery = (id: string) =>
  queryOptions({
    queryKey: key('deployment', { operation: id }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/deployments/{id}', { params: { path: { id } }, signal })),
  });

/** Deployments with a time of their own that has not come. */
export const scheduledQuery = (project?: string) =>
  queryOptions({
    queryKey: key('scheduled', { project }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/schedules/deployments', { params: { query: { project } }, signal }))).items,
  });
