import { Stack, Text, Title } from '@mantine/core';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { useText } from '~/text/text';
import { firstMatrix } from './matrix';
import { Steps } from './Steps';

/** A server without anything: what to do first, with the file to begin with and the commands. */
export function FirstSteps() {
  const texts = useText();
  const t = texts.overview.empty;
  return (
    <Stack gap="md" py="lg" maw={620}>
      <Title order={2}>{t.title}</Title>
      <Text c="dimmed">{t.says}</Text>
      <Steps steps={[{ says: texts.first.matrix, command: firstMatrix.trimEnd(), copy: texts.first.copyMatrix }, ...t.steps]} />
      <Text c="dimmed">{t.or}</Text>
      <CommandToCopy command={t.demo} />
    </Stack>
  );
}
