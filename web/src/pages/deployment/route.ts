import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '~/shell/root';

export const deploymentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/deployments/$id',
  component: lazyRouteComponent(() => import('./DeploymentPage'), 'DeploymentPage'),
});

export const operationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/$id',
  component: lazyRouteComponent(() => import('./OperationPage'), 'OperationPage'),
});
