import '@mantine/spotlight/styles.css';
import { Kbd } from '@mantine/core';
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight';
import { useEffect, useMemo, useState } from 'react';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import type { Command } from './commands';

const groups = ['actions', 'environments', 'pages', 'settings'] as const;

/** The palette's box. Opens when it is first shown, and each time `asked` changes. */
export function PaletteBox({ commands, asked }: { commands: readonly Command[]; asked: number }) {
  const t = useText().shell;
  const [[store, box]] = useState(createSpotlight);
  useEffect(() => {
    if (asked > 0) box.open();
  }, [asked, box]);
  const actions = useMemo<SpotlightActionGroupData[]>(
    () =>
      groups.map((group) => ({
        group: t.groups[group],
        actions: commands
          .filter((command) => command.group === group)
          .map(({ id, label, also, icon, keys, run }) => ({
            id,
            label,
            onClick: run,
            ...(also !== undefined && { keywords: also }),
            leftSection: <Icon name={icon ?? 'right'} />,
            ...(keys !== undefined && { rightSection: <Kbd size="xs">{keys}</Kbd> }),
          })),
      })),
    [commands, t],
  );
  return (
    <Spotlight
      store={store}
      actions={actions}
      shortcut={null}
      nothingFound={t.nothingFound}
      highlightQuery
      limit={12}
      scrollable
      maxHeight="60vh"
      searchProps={{ leftSection: <Icon name="search" />, placeholder: t.searchHint, 'aria-label': t.search }}
    />
  );
}
