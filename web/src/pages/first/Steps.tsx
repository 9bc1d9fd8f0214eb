import { Stack, Text } from '@mantine/core';
import { CommandToCopy } from '~/parts/CommandToCopy';

interface Step {
  says: string;
  command: string;
  /** What copying it is called, where it is not a command. */
  copy?: string;
}

/** What to do one after the other, each with what to type. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  return (
    <ol style={{ margin: 0, paddingLeft: 20 }}>
      {steps.map(({ says, command, copy }) => (
        <li key={command}>
          <Text mb={4}>{says}</Text>
          <Stack mb="md">
            <CommandToCopy command={command} label={copy} />
          </Stack>
        </li>
      ))}
    </ol>
  );
}
