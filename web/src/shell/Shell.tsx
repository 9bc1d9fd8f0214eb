import { AppShell } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Dialogs } from '~/dialogs/Dialogs';
import { useText } from '~/text/text';
import { Commands } from './commands';
import { Connect } from './connection';
import { Header } from './Header';
import { Navigation } from './Navigation';
import { useProject } from './use-project';

// What nobody sees at first is loaded behind what everybody does.
const Palette = lazy(() => import('./Palette').then((m) => ({ default: m.Palette })));
const Shortcuts = lazy(() => import('./Shortcuts').then((m) => ({ default: m.Shortcuts })));
const Pages = lazy(() => import('./Pages').then((m) => ({ default: m.Pages })));

/** What is around every page: header, navigation, palette, and the connection that keeps it all true. */
export function Shell() {
  const t = useText().shell;
  const project = useProject();
  const [open, { open: show, close }] = useDisclosure(false);
  return (
    <Connect project={project}>
      <Commands>
        <a className="skip" href="#content">
          {t.skip}
        </a>
        <AppShell header={{ height: 48 }} navbar={{ width: { sm: 56, lg: 200 }, breakpoint: 'sm', collapsed: { mobile: true } }} padding={0}>
          <AppShell.Header>
            <Header onMenu={show} />
          </AppShell.Header>
          <AppShell.Navbar>
            <Navigation rail />
          </AppShell.Navbar>
          <AppShell.Main id="content" tabIndex={-1}>
            <Outlet />
          </AppShell.Main>
        </AppShell>
        <Dialogs />
        <Suspense>
          {open && <Pages onClose={close} />}
          <Palette />
          <Shortcuts />
        </Suspense>
      </Commands>
    </Connect>
  );
}
