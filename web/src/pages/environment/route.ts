import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '~/shell/root';

/** An environment: the frame, which stays, and one of its tabs. */
export const environmentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/environments/$environment',
  component: lazyRouteComponent(() => import('./EnvironmentPage'), 'EnvironmentPage'),
});

export const environmentOverviewRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./TabPlace'), 'TabPlace'),
});

export const environmentTabRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: '$tab',
  component: lazyRouteComponent(() => import('./TabPlace'), 'TabPlace'),
});
