import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { CommandToCopy } from './CommandToCopy';

/** A list without anything in it: why, and how to fill it, with the command. */
export function Empty({ title, says, command, children }: { title: string; says?: string; command?: string; children?: ReactNode }) {
  return (
    <Stack gap="sm" py="xl" px="lg" maw={560} align="stretch">
      <Title order={2}>{title}</Title>
      {says !== undefined && <Text c="dimmed">{says}</Text>}
      {command !== undefined && <CommandToCopy command={command} />}
      {children}
    </Stack>
  );
}
