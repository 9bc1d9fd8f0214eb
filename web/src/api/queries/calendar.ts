import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../client';
import { key } from '../keys';

/** The rules, each with its times up to a moment (upcoming). */
export const calendarQuery = (until: string, project?: string) =>
  queryOptions({
    queryKey: key('schedules', { project, until }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/schedules', { params: { query: { project, until } }, signal }))).items,
    placeholderData: (before) => before,
  });
