import { Drawer } from '@mantine/core';
import { useState } from 'react';
import { useText } from '~/text/text';
import { Navigation } from './Navigation';

/** The pages, on a phone. Shown once it is asked for; `onClosed` when it has gone. */
export function MenuDrawer({ onClosed }: { onClosed: () => void }) {
  const t = useText().shell;
  const [opened, setOpened] = useState(true);
  const close = () => setOpened(false);
  return (
    <Drawer opened={opened} onClose={close} onExitTransitionEnd={onClosed} title={t.navigation} size={280} padding="sm">
      <Navigation onGo={close} />
    </Drawer>
  );
}
