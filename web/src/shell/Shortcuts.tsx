import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { useMemo } from 'react';
import { useText } from '~/text/text';
import { useAllCommands, useCommands, type Command } from './commands';

/** The sheet behind "?": every command that has keys. */
export function Shortcuts() {
  const t = useText().shell;
  const [opened, { open, close }] = useDisclosure(false);
  const own = useMemo<Command[]>(
    () => [
      { id: 'shortcuts', label: t.shortcuts, group: 'settings', icon: 'info', keys: '?', run: open },
      { id: 'search', label: t.search, group: 'settings', icon: 'search', keys: '/', run: () => spotlight.open() },
    ],
    [t, open],
  );
  useCommands(own);
  const commands = useAllCommands().filter(({ keys }) => keys !== undefined);
  return (
    <Modal opened={opened} onClose={close} title={t.shortcuts}>
      <Stack gap="sm">
        {commands.map(({ id, label, keys }) => (
          <Group key={id} justify="space-between" wrap="nowrap">
            <Text>{label}</Text>
            <Group gap={4} wrap="nowrap">
              {keys?.split(' ').map((press, i) => (
                <Group key={press} gap={4} wrap="nowrap">
                  {i > 0 && (
                    <Text size="xs" c="dimmed">
                      {t.shortcutsThen}
                    </Text>
                  )}
                  <Kbd>{press}</Kbd>
                </Group>
              ))}
            </Group>
          </Group>
        ))}
      </Stack>
    </Modal>
  );
}
