import { Group, Kbd, Modal, Stack, Text } from '@mantine/core';
import { useText } from '~/text/text';
import type { Command } from './commands';

/** Every command that has keys. */
export function ShortcutSheet({ commands, onClose }: { commands: readonly Command[]; onClose: () => void }) {
  const t = useText().shell;
  return (
    <Modal opened onClose={onClose} title={t.shortcuts}>
      <Stack gap="sm">
        {commands
          .filter(({ keys }) => keys !== undefined)
          .map(({ id, label, keys }) => (
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
