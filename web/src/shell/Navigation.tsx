import { Tooltip } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import { addresses } from './addresses';
import classes from './Navigation.module.css';
import { usePlaces } from './use-places';

/** The pages: a rail of icons on middling screens, with words on wide ones and in the drawer. */
export function Navigation({ rail = false, onGo }: { rail?: boolean; onGo?: () => void }) {
  const t = useText().shell;
  const places = usePlaces();
  return (
    <nav aria-label={t.navigation} className={rail ? classes.rail : classes.list}>
      {places.map(({ address, name, icon }) => (
        <Tooltip key={address} label={t.pages[name]} position="right" disabled={!rail} classNames={{ tooltip: classes.tip ?? '' }}>
          <Link
            to={address}
            className={classes.place}
            activeOptions={{ exact: address === addresses.overview, includeSearch: false }}
            onClick={onGo}
          >
            <Icon name={icon} size={18} />
            <span className={classes.word}>{t.pages[name]}</span>
          </Link>
        </Tooltip>
      ))}
    </nav>
  );
}
