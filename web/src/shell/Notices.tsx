import { notificationsStore } from '@mantine/notifications';
import { lazy, Suspense, useEffect, useState } from 'react';

const NoticeBox = lazy(() => import('./NoticeBox').then(({ NoticeBox }) => ({ default: NoticeBox })));

const any = () => notificationsStore.getState().notifications.length > 0;

/** Where notices appear; loaded with the first one, and there from then on. */
export function Notices() {
  const [wanted, setWanted] = useState(any);
  useEffect(
    () =>
      notificationsStore.subscribe(() => {
        if (any()) setWanted(true);
      }),
    [],
  );
  if (!wanted) return null;
  return (
    <Suspense>
      <NoticeBox />
    </Suspense>
  );
}
