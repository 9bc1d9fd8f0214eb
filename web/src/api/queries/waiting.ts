import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type WaitsForAWord = Schema<'Approval'>;

/** What waits for a person's word, and whether it may be mine. */
export const waitingQuery = (project?: string) =>
  queryOptions({
    queryKey: key('approvals', { project, mine: true }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/approvals', { params: { query: { project } }, signal }))).items,
  });
