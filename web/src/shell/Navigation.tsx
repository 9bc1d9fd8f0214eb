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
        <Link
          key={address}
          to={address}
          className={classes.place}
          activeOptions={{ exact: address === addresses.overview, includeSearch: false }}
          onClick={onGo}
          {...(rail && { 'data-tip': t.pages[name], 'data-tip-side': 'right' })}
        >
          <Icon name={icon} size={18} />
          <span className={classes.word}>{t.pages[name]}</span>
        </Link>
      ))}
    </nav>
  );
}
