import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { historyKinds, type HistoryKind } from '~/api/queries/history';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { asOneOf, asText } from '~/shell/search';
import { withTexts } from '~/text/with-texts';

export const activityRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.activity,
  validateSearch: (search): { environment?: string | undefined; kind?: HistoryKind | undefined; actor?: string | undefined } => ({
    environment: asText(search.environment),
    kind: asOneOf(search.kind, historyKinds),
    actor: asText(search.actor),
  }),
  component: lazyRouteComponent(withTexts(['activity', 'history'], () => import('./ActivityPage')), 'ActivityPage'),
});
