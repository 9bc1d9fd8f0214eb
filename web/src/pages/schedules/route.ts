import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { asOneOf, asText } from '~/shell/search';
import { withTexts } from '~/text/with-texts';

export const views = ['list', 'week', 'month'] as const;
export type View = (typeof views)[number];

/** A day of the calendar in an address: 2026-11-22. */
function asDay(value: unknown): string | undefined {
  const text = asText(value);
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

export const schedulesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.schedules,
  validateSearch: (search): { view?: View | undefined; day?: string | undefined; remove?: string | undefined } => ({
    view: asOneOf(search.view, views),
    day: asDay(search.day),
    remove: asText(search.remove),
  }),
  component: lazyRouteComponent(withTexts(['schedules'], () => import('./SchedulesPage')), 'SchedulesPage'),
});
