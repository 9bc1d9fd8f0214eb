import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { sessionKey } from '~/api/key';
import { Problem } from '~/api/problem';
import { projectsQuery } from '~/api/queries/projects';
import { sessionQuery } from '~/api/session';
import { dialogSearch, type DialogSearch } from '~/dialogs/search';
import { addresses } from './addresses';
import { Broken } from './Broken';
import { NotFound } from './NotFound';
import { asText } from './search';
import { withTexts } from '~/text/with-texts';

export const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: addresses.signIn,
  validateSearch: (search): { next?: string | undefined } => ({ next: asText(search.next) }),
  component: lazyRouteComponent(withTexts(['signIn', 'tokens'], () => import('~/pages/sign-in/SignInPage')), 'SignInPage'),
});

/** What is around every page but signing in; and the question who one is, before any of them is shown. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  validateSearch: (search): { project?: string | undefined } & DialogSearch => ({ project: asText(search.project), ...dialogSearch(search) }),
  search: {
    // The project goes along wherever one goes.
    middlewares: [
      ({ search, next }) => {
        const to = next(search);
        return { ...to, project: to.project ?? search.project };
      },
    ],
  },
  beforeLoad: async ({ context, location }) => {
    const signInFirst = () => redirect({ to: '/sign-in', search: { next: location.href === '/' ? undefined : location.href } });
    // Without a key there is no session to ask about; in development the proxy has a token instead.
    if (sessionKey() === null && !import.meta.env.DEV) throw signInFirst();
    try {
      await context.queries.query({ ...sessionQuery, staleTime: 'static' });
    } catch (error) {
      if (error instanceof Problem && error.code === 'unauthenticated') throw signInFirst();
      throw error;
    }
    // Whether there is any project is known by the time the page's script is there.
    context.queries.query({ ...projectsQuery, staleTime: 'static' }).catch(() => undefined); // pages say why themselves
  },
  component: lazyRouteComponent(withTexts([], () => import('./Shell')), 'Shell'),
});
