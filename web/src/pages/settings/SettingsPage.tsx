import { SimpleGrid, Stack } from '@mantine/core';
import { Page } from '~/parts/Page';
import { useText } from '~/text/text';
import { Keys } from './Keys';
import { Looks } from './Looks';
import { Me } from './Me';
import { Server } from './Server';
import { ShortcutList } from './ShortcutList';

/** How the dashboard looks here, who I am, and what the server is. */
export function SettingsPage() {
  const t = useText().settings;
  return (
    <Page title={t.title}>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" verticalSpacing="lg" maw={1400}>
        <Stack gap="lg">
          <Looks />
          <Me />
          <Keys />
        </Stack>
        <Stack gap="lg">
          <Server />
          <ShortcutList />
        </Stack>
      </SimpleGrid>
    </Page>
  );
}
