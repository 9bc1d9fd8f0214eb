import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Schedule = Schema<'Schedule'>;

/** The rules by which deployments are made again and again. */
export const schedulesQuery = (project?: string) =>
  queryOptions({
    queryKey: key('schedules', { project }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/schedules', { params: { query: { project } }, signal }))).items,
  });
