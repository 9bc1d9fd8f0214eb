import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { listSearch, type ListSearch } from './list-search';
import { withTexts } from '~/text/with-texts';

export const environmentsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.environments,
  validateSearch: (search): ListSearch => listSearch(search),
  component: lazyRouteComponent(withTexts(['environment', 'environments'], () => import('./EnvironmentsPage')), 'EnvironmentsPage'),
});
