import { queryOptions } from '@tanstack/react-query';
import { answer, api, everyPage, list } from '~/api/client';
import { key } from '~/api/keys';

/** The configuration templates that an environment can begin as. */
export const beginningsQuery = (project?: string) =>
  queryOptions({
    queryKey: key('templates', { project, beginnings: true }),
    queryFn: async ({ signal }) => {
      const all = await everyPage((cursor) => answer(api.GET('/api/system/config/templates', { params: { query: { project, cursor, limit: 200 } }, signal })));
      return list(all).filter(({ type }) => type === 'full_environment');
    },
  });
