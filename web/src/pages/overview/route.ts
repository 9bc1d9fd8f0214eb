import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';

export const overviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.overview,
  component: lazyRouteComponent(() => import('./OverviewPage'), 'OverviewPage'),
});
