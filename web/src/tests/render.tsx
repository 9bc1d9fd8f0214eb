import { MantineProvider } from '@mantine/core';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { render as plainly, type RenderResult } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import type { ReactElement } from 'react';
import { makeQueries } from '~/api/queries';
import { sessionQuery, type Permission, type Session } from '~/api/session';
import { makeRouter } from '~/router';
import { Commands } from '~/shell/commands';
import { theme, variables } from '~/styles/theme';
import { learn } from '~/text/rooms';
import { Speak } from '~/text/text';
import type { Language } from '~/text/texts';
// Loaded before a test begins: how long that takes is no part of what is tested.
import '~/parts/ChoiceBox';
import '~/parts/MoreMenu';

const everything: readonly Permission[] = ['read', 'write', 'approve', 'reveal', 'tokens', 'keys', 'flags'];

interface Options {
  /** What I may do; everything by default. */
  may?: readonly Permission[];
  language?: Language;
}

interface Rendered extends RenderResult {
  user: ReturnType<typeof userEvent.setup>;
  queries: QueryClient;
}

function signedIn({ may = everything }: Options): QueryClient {
  const queries = makeQueries(() => undefined);
  const session: Session = { name: 'test', role: 'admin', permissions: [...may] };
  queries.setQueryData(sessionQuery.queryKey, session);
  return queries;
}

function around(content: ReactElement, queries: QueryClient, language: Language = 'en') {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} env="test">
      <Speak language={language}>
        <QueryClientProvider client={queries}>{content}</QueryClientProvider>
      </Speak>
    </MantineProvider>
  );
}

/** Shows one part or dialog, with all that it may ask for around it. */
export async function render(element: ReactElement, { pages = ['/'], ...options }: Options & { pages?: readonly string[] } = {}): Promise<Rendered> {
  const queries = signedIn(options);
  await learn(options.language ?? 'en');
  const root = createRootRoute({ component: () => <Commands>{element}</Commands> });
  const router = createRouter({
    // The addresses that links may lead to: parts name them, and do not know who answers.
    routeTree: root.addChildren(pages.map((path) => createRoute({ getParentRoute: () => root, path }))),
    history: createMemoryHistory(),
  });
  await router.load();
  return { user: userEvent.setup(), queries, ...plainly(around(<RouterProvider router={router as never} />, queries, options.language)) };
}

/** Shows the whole dashboard at an address, as somebody who is signed in: `await visit('/releases?project=sunday')`. */
export async function visit(address: string, options: Options = {}): Promise<Rendered> {
  const queries = signedIn(options);
  await learn(options.language ?? 'en');
  const router = makeRouter(queries, createMemoryHistory({ initialEntries: [address] }));
  await router.load();
  return { user: userEvent.setup(), queries, ...plainly(around(<RouterProvider router={router} />, queries, options.language)) };
}
