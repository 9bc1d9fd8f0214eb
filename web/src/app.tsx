import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useState } from 'react';
import { forgetSessionKey } from './api/key';
import { makeQueries } from './api/queries';
import { makeRouter } from './router';
import { Tips } from './parts/Tips';
import { addresses } from './shell/addresses';
import { Notices } from './shell/Notices';
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
          <Notices />
          <Tips />
        </QueryClientProvider>
      </Speak>
    </MantineProvider>
  );
}
