import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';

export const approvalsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.approvals,
  component: lazyRouteComponent(() => import('./ApprovalsPage'), 'ApprovalsPage'),
});
