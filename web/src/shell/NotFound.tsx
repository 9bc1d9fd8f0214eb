import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useText } from '~/text/text';
import { addresses } from './addresses';

export function NotFound() {
  const t = useText().shell.notFound;
  return (
    <Stack component="main" p="xl" gap="sm" maw={560}>
      <Title order={1}>{t.title}</Title>
      <Text>{t.says}</Text>
      <Anchor component={Link} to={addresses.overview}>
        {t.back}
      </Anchor>
    </Stack>
  );
}
