import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { asOneOf, asText } from '~/shell/search';
import { withTexts } from '~/text/with-texts';

export const mapRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.map,
  /** Whose map it is (the current environment's without), and whether as a drawing or a list. */
  validateSearch: (search): { environment?: string | undefined; view?: 'map' | 'list' | undefined } => ({
    environment: asText(search.environment),
    view: asOneOf(search.view, ['map', 'list']),
  }),
  component: lazyRouteComponent(withTexts(['map'], () => import('./MapPage')), 'MapPage'),
});
