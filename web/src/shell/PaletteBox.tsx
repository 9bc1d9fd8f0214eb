import '@mantine/spotlight/styles.css';
import { Kbd } from '@mantine/core';
import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData, type SpotlightFilterFunction } from '@mantine/spotlight';
import { useEffect, useMemo, useState } from 'react';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import type { Command } from './commands';

const most = 12;
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
      filter={find}
      limit={most}
      scrollable
      overlayProps={{ backgroundOpacity: 0.5, blur: 0 }} // a blur is drawn anew for each letter, by the processor where there is nothing better
      maxHeight="60vh"
      searchProps={{ leftSection: <Icon name="search" />, placeholder: t.searchHint, 'aria-label': t.search }}
    />
  );
}

/** Every word has to be in a name, or else in the name and its other words. As many as are shown, in their groups. */
const find: SpotlightFilterFunction = (query, groups) => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return groups;
  const [named, other]: [SpotlightActionData[], SpotlightActionData[]] = [[], []];
  for (const group of groups) {
    for (const action of 'actions' in group ? group.actions : []) {
      const name = action.label?.toLowerCase() ?? '';
      if (words.every((word) => name.includes(word))) named.push(action);
      else if (words.every((word) => name.includes(word) || String(action.keywords ?? '').toLowerCase().includes(word))) other.push(action);
    }
  }
  const found = new Set([...named, ...other].slice(0, most));
  return groups.flatMap((group) => {
    const actions = 'actions' in group ? group.actions.filter((action) => found.has(action)) : [];
    return actions.length > 0 ? { ...group, actions } : [];
  });
};
