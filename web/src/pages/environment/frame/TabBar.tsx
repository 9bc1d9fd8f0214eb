import { Link, useParams } from '@tanstack/react-router';
import { useLayoutEffect, useRef } from 'react';
import { addresses, environmentTabs } from '~/shell/addresses';
import { useText } from '~/text/text';
import { tabs } from '../tabs';
import classes from './TabBar.module.css';

/** The tabs, as links: each has an address of its own. */
export function TabBar({ environment }: { environment: string }) {
  const t = useText().environment;
  const { tab = 'overview' } = useParams({ strict: false });
  const bar = useRef<HTMLElement>(null);
  // On a phone not all of them are seen: the one that is shown is.
  useLayoutEffect(() => {
    const all = bar.current;
    if (!all) return;
    const sized = new ResizeObserver(() => {
      const shown = all.querySelector<HTMLElement>('[aria-current]');
      if (shown) all.scrollLeft = shown.offsetLeft - all.offsetLeft - (all.clientWidth - shown.offsetWidth) / 2;
    });
    sized.observe(all); // which tells of the first size, too
    return () => sized.disconnect();
  }, [tab]);
  return (
    <nav ref={bar} className={classes.bar} aria-label={t.tabsOf(environment)}>
      {environmentTabs
        .filter((name) => tabs[name])
        .map((name) => (
          <Link key={name} to={addresses.environment(environment, name)} search={{}} resetScroll={false} activeOptions={{ exact: true }} className={classes.tab} aria-current={name === tab ? 'page' : undefined}>
            {t.tabs[name]}
          </Link>
        ))}
    </nav>
  );
}
