import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { environmentTabs } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { withTexts } from '~/text/with-texts';
import { tabs } from './tabs';

/** An environment: the frame, which stays, and one of its tabs. */
export const environmentRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/environments/$environment',
  component: lazyRouteComponent(withTexts(['environment'], () => import('./EnvironmentPage')), 'EnvironmentPage'),
});

export const environmentOverviewRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: '/',
  loader: () => tabs.overview?.load(),
  component: lazyRouteComponent(withTexts(['environment'], () => import('./TabPlace')), 'TabPlace'),
});

export const environmentTabRoute = createRoute({
  getParentRoute: () => environmentRoute,
  path: '$tab',
  loader: ({ params }) => {
    const name = environmentTabs.find((each) => each === params.tab);
    return name && tabs[name]?.load();
  },
  component: lazyRouteComponent(withTexts([], () => import('./TabPlace')), 'TabPlace'),
});
