import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { withTexts } from '~/text/with-texts';

export const approvalsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.approvals,
  component: lazyRouteComponent(withTexts(['activity', 'approvals', 'history'], () => import('./ApprovalsPage')), 'ApprovalsPage'),
});
