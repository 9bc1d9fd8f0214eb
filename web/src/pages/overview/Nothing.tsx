import { Stack, Text } from '@mantine/core';
import { CommandToCopy } from '~/parts/CommandToCopy';

/** A list of the overview without anything in it: one line, and how to fill it. */
export function Nothing({ says, command }: { says: string; command?: string }) {
  return (
    <Stack gap="sm" p="lg">
      <Text c="dimmed">{says}</Text>
      {command !== undefined && <CommandToCopy command={command} />}
    </Stack>
  );
}
