import { useMemo } from 'react';
import type { IconName } from '~/parts/icons';
import { useCommands, type Command } from '~/shell/commands';
import { useText } from '~/text/text';
import type { DialogName } from './search';
import { useDialog } from './use-dialog';

const always = [
  ['deploy', 'deploy'],
  ['promote', 'up'],
  ['rollback', 'back'],
  ['switch', 'switch'],
  ['schedule', 'clock'],
  ['create', 'plus'],
] as const satisfies readonly (readonly [DialogName, IconName])[];

/** What can be begun from every page, by the palette: the dialog asks for the rest. */
export function DialogCommands() {
  const t = useText().shell.begin;
  const { open } = useDialog();
  useCommands(
    useMemo(
      () => always.map(([name, icon]): Command => ({ id: `dialog ${name}`, label: `${t[name]} …`, group: 'actions', icon, run: () => open(name) })),
      [t, open],
    ),
  );
  return null;
}
