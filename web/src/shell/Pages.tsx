import { Drawer } from '@mantine/core';
import { useText } from '~/text/text';
import { Navigation } from './Navigation';

/** The navigation of narrow screens. */
export function Pages({ onClose }: { onClose: () => void }) {
  const t = useText().shell;
  return (
    <Drawer opened onClose={onClose} title={t.navigation} size={280} padding="sm" closeButtonProps={{ 'aria-label': t.menu }}>
      <Navigation onGo={onClose} />
    </Drawer>
  );
}
