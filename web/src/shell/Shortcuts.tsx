import { lazy, Suspense, useMemo, useState } from 'react';
import { useText } from '~/text/text';
import { useAllCommands, useCommands, type Command } from './commands';
import { openPalette } from './palette-open';

const ShortcutSheet = lazy(() => import('./ShortcutSheet').then(({ ShortcutSheet }) => ({ default: ShortcutSheet })));

/** The sheet behind "?". */
export function Shortcuts() {
  const t = useText().shell;
  const [opened, setOpened] = useState(false);
  const own = useMemo<Command[]>(
    () => [
      { id: 'shortcuts', label: t.shortcuts, group: 'settings', icon: 'info', keys: '?', run: () => setOpened(true) },
      { id: 'search', label: t.search, group: 'settings', icon: 'search', keys: '/', run: openPalette },
    ],
    [t],
  );
  useCommands(own);
  const commands = useAllCommands();
  if (!opened) return null;
  return (
    <Suspense>
      <ShortcutSheet commands={commands} onClose={() => setOpened(false)} />
    </Suspense>
  );
}
