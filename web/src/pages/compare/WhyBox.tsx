import { Popover, Text } from '@mantine/core';
import { cloneElement, useState, type ReactElement } from 'react';
import { useText } from '~/text/text';

/** Open when it is first shown: it was asked for. */
export function WhyBox({ says, children }: { says: string; children: ReactElement<{ onClick?: () => void }> }) {
  const t = useText().compare.columns;
  const [opened, setOpened] = useState(true);
  return (
    <Popover opened={opened} onChange={setOpened} width={360} position="bottom-end" withArrow withRoles trapFocus returnFocus>
      <Popover.Target>{cloneElement(children, { onClick: () => setOpened(!opened) })}</Popover.Target>
      <Popover.Dropdown aria-label={t.reason}>
        <Text size="sm">{says}</Text>
      </Popover.Dropdown>
    </Popover>
  );
}
