import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { withTexts } from '~/text/with-texts';

export const settingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.settings,
  component: lazyRouteComponent(withTexts(['settings'], () => import('./SettingsPage')), 'SettingsPage'),
});
