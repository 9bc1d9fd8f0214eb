import { Menu } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { Icon } from './icons';
import type { MoreItem } from './More';

/** Open when it is first shown: it was asked for. */
export function MoreMenu({ items, children }: { items: readonly MoreItem[]; children: ReactElement }) {
  const [opened, setOpened] = useState(true);
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end">
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        {items.map(({ label, icon, run, off, danger }) => (
          <Menu.Item
            key={label}
            leftSection={<Icon name={icon} />}
            disabled={off !== undefined && off !== false}
            title={typeof off === 'string' ? off : undefined}
            {...(danger && { color: 'var(--state-bad)' })}
            onClick={run}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
