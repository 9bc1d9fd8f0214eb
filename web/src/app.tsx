import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { forgetSessionKey } from './api/key';
import { makeQueries } from './api/queries';
import { makeRouter } from './router';
import { addresses } from './shell/addresses';
import { theme, variables } from './styles/theme';
import { Speak } from './text/text';

const schemes = localStorageColorSchemeManager({ key: 'lockstep.scheme' });

function assemble() {
  const queries = makeQueries(() => {
    const { location } = router.state;
    if (location.pathname === addresses.signIn) return;
    forgetSessionKey();
    void router.navigate({ to: addresses.signIn, search: { next: location.href === '/' ? undefined : location.href } }).then(() => queries.clear());
  });
  const router = makeRouter(queries);
  return { queries, router };
}

export function App() {
  const [{ queries, router }] = useState(assemble);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={variables} colorSchemeManager={schemes} defaultColorScheme="auto">
      <Speak>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
          <Notifications position="bottom-right" limit={3} />
        </QueryClientProvider>
      </Speak>
    </MantineProvider>
  );
}
