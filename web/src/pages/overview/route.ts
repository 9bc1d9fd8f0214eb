import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { asText } from '~/shell/search';
import { withTexts } from '~/text/with-texts';

export const overviewRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.overview,
  /** `q` filters the environments outside the pipeline. */
  validateSearch: (search): { q?: string | undefined } => ({ q: asText(search.q) }),
  component: lazyRouteComponent(withTexts(['first', 'history', 'overview'], () => import('./OverviewPage')), 'OverviewPage'),
});
