import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type KeyStatus = Schema<'KeyStatus'>;

/** Whether a rotation has not ended. */
export function rotates(status: KeyStatus | undefined): boolean {
  const phase = status?.keyset?.rotation?.phase;
  return phase !== undefined && phase !== 'done';
}

/** The keys that secrets are sealed with. How far a rotation is comes without events, so it is asked while one goes on. */
export const keyStatusQuery = queryOptions({
  queryKey: key('keys'),
  queryFn: ({ signal }) => answer(api.GET('/api/system/keys', { signal })),
  refetchInterval: ({ state }) => (rotates(state.data) ? 2000 : false),
});
