import type { QueryClient } from '@tanstack/react-query';
import { createRouter, type RouterHistory } from '@tanstack/react-router';
import { compareRoute } from './pages/compare/route';
import { activityRoute } from './pages/activity/route';
import { approvalsRoute } from './pages/approvals/route';
import { schedulesRoute } from './pages/schedules/route';
import { settingsRoute } from './pages/settings/route';
import { tokensRoute } from './pages/tokens/route';
import { environmentOverviewRoute, environmentRoute, environmentTabRoute } from './pages/environment/route';
import { environmentsRoute } from './pages/environments/route';
import { deploymentRoute, operationRoute } from './pages/deployment/route';
import { mapRoute } from './pages/map/route';
import { overviewRoute } from './pages/overview/route';
import { templateRoute, templatesRoute } from './pages/templates/route';
import { releaseRoute, releasesRoute } from './pages/releases/route';
import { Waiting } from './parts/Waiting';
import { rootRoute, shellRoute, signInRoute } from './shell/root';
import { parseSearch, stringifySearch } from './shell/search';

// The pages. Another one: its folder under pages/ with a route.ts, and a line here. Its place in the navigation
// (shell/navigation.ts) appears by itself.
const routes = rootRoute.addChildren([
  signInRoute,
  shellRoute.addChildren([
    overviewRoute,
    tokensRoute,
    settingsRoute,
    schedulesRoute,
    approvalsRoute,
    activityRoute,
    environmentsRoute,
    environmentRoute.addChildren([environmentOverviewRoute, environmentTabRoute]),
    compareRoute,
    templatesRoute,
    templateRoute,
    deploymentRoute,
    operationRoute,
    releasesRoute,
    releaseRoute,
    mapRoute,
    //
  ]),
]);

export function makeRouter(queries: QueryClient, history?: RouterHistory) {
  return createRouter({
    ...(history && { history }),
    routeTree: routes,
    context: { queries },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0, // queries know themselves whether they are fresh
    defaultPendingComponent: Waiting,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
