import { lazy, Suspense, useState } from 'react';
import { Dialogs } from '~/dialogs/Dialogs';
import { useText } from '~/text/text';
import { Commands } from './commands';
import { Connect } from './connection';
import { Content } from './Content';
import { Header } from './Header';
import { Navigation } from './Navigation';
import { Palette } from './Palette';
import classes from './Shell.module.css';
import { Shortcuts } from './Shortcuts';
import { useBegun } from './use-begun';
import { useProject } from './use-project';

const MenuDrawer = lazy(() => import('./MenuDrawer').then(({ MenuDrawer }) => ({ default: MenuDrawer })));

/** What is around every page: header, navigation, palette, and the connection that keeps it all true. */
export function Shell() {
  const t = useText().shell;
  const project = useProject();
  const begun = useBegun();
  const [menu, setMenu] = useState(false);
  return (
    <Connect project={project}>
      <Commands>
        <a className="skip" href="#content">
          {t.skip}
        </a>
        <div className={classes.shell}>
          <header className={classes.header}>
            <Header onMenu={() => setMenu(true)} />
          </header>
          <div className={classes.places}>
            <Navigation rail />
          </div>
          <main className={classes.main} id="content" tabIndex={-1}>
            <Content />
          </main>
        </div>
        {menu && (
          <Suspense>
            <MenuDrawer onClosed={() => setMenu(false)} />
          </Suspense>
        )}
        {begun === true && <Dialogs />}
        <Palette />
        <Shortcuts />
      </Commands>
    </Connect>
  );
}
