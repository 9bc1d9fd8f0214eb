import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';

export const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.settings,
  component: lazyRouteComponent(() => import('./SettingsPage'), 'SettingsPage'),
});
