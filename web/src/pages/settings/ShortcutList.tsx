import { Group, Kbd, Stack, Text } from '@mantine/core';
import { Section } from '~/parts/Section';
import { useAllCommands } from '~/shell/commands';
import { useText } from '~/text/text';

/** Every key that does something here. */
export function ShortcutList() {
  const t = useText();
  const commands = useAllCommands().filter(({ keys }) => keys !== undefined);
  return (
    <Section title={t.shell.shortcuts}>
      <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
        <Row label={t.settings.palette} keys={['Ctrl K']} />
        {commands.map(({ id, label, keys = '' }) => (
          <Row key={id} label={label} keys={keys.split(' ')} />
        ))}
      </Stack>
    </Section>
  );
}

function Row({ label, keys }: { label: string; keys: readonly string[] }) {
  const t = useText().shell;
  return (
    <Group component="li" justify="space-between" wrap="nowrap">
      <Text>{label}</Text>
      <Group gap={4} wrap="nowrap">
        {keys.map((press, i) => (
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
  );
}
