import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';

export type Token = Schema<'Token'>;
export type Role = Token['role'];

export const roles = ['viewer', 'operator', 'admin', 'flags'] as const satisfies readonly Role[];

/** Who may call, by name; those that were revoked only where they are asked for. */
export const tokensQuery = (revoked = false) =>
  queryOptions({
    queryKey: key('tokens', { revoked }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/tokens', { params: { query: { revoked } }, signal }))).items,
  });
