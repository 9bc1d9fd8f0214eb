import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '~/shell/root';
import { withTexts } from '~/text/with-texts';

export const deploymentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/deployments/$id',
  component: lazyRouteComponent(withTexts(['deployment', 'dialogs'], () => import('./DeploymentPage')), 'DeploymentPage'),
});

export const operationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/$id',
  component: lazyRouteComponent(withTexts(['deployment', 'dialogs'], () => import('./OperationPage')), 'OperationPage'),
});
