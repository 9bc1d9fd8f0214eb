import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { asFlag } from '~/shell/search';
import { withTexts } from '~/text/with-texts';

export const tokensRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.tokens,
  validateSearch: (search): { revoked?: true | undefined; create?: true | undefined; revoke?: string | undefined; signOut?: string | undefined } => ({
    revoked: asFlag(search.revoked),
    create: asFlag(search.create),
    signOut: typeof search.signOut === 'string' ? search.signOut : undefined,
    revoke: typeof search.revoke === 'string' ? search.revoke : undefined,
  }),
  component: lazyRouteComponent(withTexts(['tokens'], () => import('./TokensPage')), 'TokensPage'),
});
