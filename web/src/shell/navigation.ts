import type { IconName } from '~/parts/icons';
import type { Texts } from '~/text/texts';
import { addresses } from './addresses';

export interface Place {
  address: string;
  name: keyof Texts['shell']['pages'];
  icon: IconName;
  /** Pressed one after the other. */
  keys: string;
  /** It has something to show where there is no project yet. */
  alone?: boolean;
}

/** The pages that have a place in the navigation, in its order. One whose route is not in router.tsx is not shown. */
export const places: readonly Place[] = [
  { address: addresses.overview, name: 'overview', icon: 'overview', keys: 'g o' },
  { address: addresses.map, name: 'map', icon: 'map', keys: 'g m' },
  { address: addresses.environments, name: 'environments', icon: 'environments', keys: 'g e' },
  { address: addresses.releases, name: 'releases', icon: 'releases', keys: 'g r' },
  { address: addresses.compare, name: 'compare', icon: 'compare', keys: 'g c' },
  { address: addresses.approvals, name: 'approvals', icon: 'approvals', keys: 'g p' },
  { address: addresses.schedules, name: 'schedules', icon: 'schedules', keys: 'g s' },
  { address: addresses.templates, name: 'templates', icon: 'templates', keys: 'g t' },
  { address: addresses.activity, name: 'activity', icon: 'activity', keys: 'g a' },
  { address: addresses.tokens, name: 'tokens', icon: 'tokens', keys: 'g k', alone: true },
  { address: addresses.settings, name: 'settings', icon: 'settings', keys: 'g ,', alone: true },
];
