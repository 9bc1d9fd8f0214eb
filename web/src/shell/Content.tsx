import { Outlet, useMatches } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { Waiting } from '~/parts/Waiting';
import { withTexts } from '~/text/with-texts';
import { places } from './navigation';
import { useBegun } from './use-begun';

const load = withTexts(['first', 'overview'], () => import('~/pages/first/FirstPage'));
const FirstPage = lazy(() => load().then(({ FirstPage }) => ({ default: FirstPage })));

/** The page that was asked for; on a server without any project, what it will be there for. */
export function Content() {
  const begun = useBegun();
  // Of what is shown, not of the address: that is ahead while the next page is being loaded.
  const alone = useMatches({ select: (matches) => places.some(({ address, alone }) => alone === true && address === matches.at(-1)?.pathname) });
  if (begun === true || alone) return <Outlet />;
  if (begun === undefined) return <Waiting />;
  return (
    <Suspense fallback={<Waiting />}>
      <FirstPage />
    </Suspense>
  );
}
