import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

/** Something that waits for a person's word. */
export type Approval = Schema<'Approval'>;

/** All that waits for a person's word, the oldest first, and whether it may be mine. */
export const approvalsQuery = (project?: string) =>
  queryOptions({
    queryKey: key('approvals', { project }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/approvals', { params: { query: { project } }, signal }))).items,
  });
