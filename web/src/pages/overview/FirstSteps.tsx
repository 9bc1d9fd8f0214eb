import { Stack, Text, Title } from '@mantine/core';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { useText } from '~/text/text';

/** A server without anything: what to do first, with the commands. */
export function FirstSteps() {
  const t = useText().overview.empty;
  return (
    <Stack gap="md" py="lg" maw={620}>
      <Title order={2}>{t.title}</Title>
      <Text c="dimmed">{t.says}</Text>
      <ol style={{ margin: 0, paddingLeft: 20 }}>
        {t.steps.map(({ says, command }) => (
          <li key={command}>
            <Text mb={4}>{says}</Text>
            <Stack mb="md">
              <CommandToCopy command={command} />
            </Stack>
          </li>
        ))}
      </ol>
      <Text c="dimmed">{t.or}</Text>
      <CommandToCopy command={t.demo} />
    </Stack>
  );
}
