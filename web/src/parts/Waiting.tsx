import { Group, Loader, Text } from '@mantine/core';
import { useText } from '~/text/text';

/** Something is being loaded, and what: `<Waiting for={t.overview.what} />`. Never a spinner without a word. */
export function Waiting({ for: what = '' }: { for?: string }) {
  const t = useText().parts;
  return (
    <Group gap="sm" p="lg" role="status">
      <Loader size="xs" type="dots" color="gray" aria-hidden />
      <Text size="sm" c="dimmed">
        {t.loading(what).replace('  ', ' ')}
      </Text>
    </Group>
  );
}
