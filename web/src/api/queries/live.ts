import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Live = Schema<'Live'>;

/** Where the project's live address leads, and who could take it over. */
export const liveQuery = (project?: string) =>
  queryOptions({
    queryKey: key('live', { project }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/live', { params: { query: { project } }, signal })),
  });
