import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { asOneOf, asText } from '~/shell/search';
import { classes, type Class } from './difference';
import { withTexts } from '~/text/with-texts';

export interface CompareSearch {
  source?: string | undefined;
  target?: string | undefined;
  class?: Class | undefined;
  q?: string | undefined;
  tab?: 'differences' | 'history' | undefined;
  /** A sync of the history. */
  sync?: string | undefined;
}

export const compareRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.compare,
  validateSearch: (search): CompareSearch => ({
    source: asText(search.source),
    target: asText(search.target),
    class: asOneOf(search.class, classes),
    q: asText(search.q),
    tab: asOneOf(search.tab, ['differences', 'history']),
    sync: asText(search.sync),
  }),
  component: lazyRouteComponent(withTexts(['compare', 'sync'], () => import('./ComparePage')), 'ComparePage'),
});
