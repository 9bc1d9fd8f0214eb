import { queryOptions } from '@tanstack/react-query';
import { answer, api, list } from '~/api/client';
import { key } from '~/api/keys';

/** The configuration templates that an environment can begin as. */
export const beginningsQuery = (project?: string) =>
  queryOptions({
    queryKey: key('templates', { project, beginnings: true }),
    queryFn: async ({ signal }) => {
      const { items } = await answer(api.GET('/api/system/config/templates', { params: { query: { project } }, signal }));
      return list(items).filter(({ type }) => type === 'full_environment');
    },
  });
