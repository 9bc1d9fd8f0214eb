import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useText } from '~/text/text';
import type { Change } from './SignInPage';

interface Props {
  change: Change;
  onStay: () => void;
  onReplace: () => void;
}

/** Asks before one lets go of who one is. */
export function Replace({ change: { credential, from, to }, onStay, onReplace }: Props) {
  const texts = useText();
  const t = texts.signIn;
  const roles = texts.tokens.roles;
  const says = 'code' in credential ? t.replaceByCode : t.replaceByToken;
  return (
    <Stack gap="md" role="group" aria-labelledby="replace">
      <Title order={2} id="replace">
        {t.already(from.name, roles[from.role])}
      </Title>
      <Text>{says(to.name, roles[to.role])}</Text>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onReplace}>
          {t.replace(to.name)}
        </Button>
        <Button onClick={onStay} data-autofocus>
          {t.stay(from.name)}
        </Button>
      </Group>
    </Stack>
  );
}
