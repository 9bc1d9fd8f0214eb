import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { asText } from '~/shell/search';
import { withTexts } from '~/text/with-texts';

export const releasesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.releases,
  validateSearch: (search): { q?: string | undefined } => ({ q: asText(search.q) }),
  component: lazyRouteComponent(withTexts(['dialogs', 'releases'], () => import('./ReleasesPage')), 'ReleasesPage'),
});

export const releaseRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/releases/$version',
  validateSearch: (search): { with?: string | undefined } => ({ with: asText(search.with) }),
  component: lazyRouteComponent(withTexts(['deployment', 'dialogs', 'releases'], () => import('./ReleasePage')), 'ReleasePage'),
});
