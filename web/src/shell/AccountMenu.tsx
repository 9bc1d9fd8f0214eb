import { Menu, SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { signOut, useSession } from '~/api/session';
import { Icon } from '~/parts/icons';
import { useLanguage, useText } from '~/text/text';
import { languages, type Language } from '~/text/texts';
import { useLeave } from './use-leave';

/** What is behind the account's button: who I am, how it looks, in which language, and out. Open when first shown. */
export function AccountMenu({ children }: { children: ReactElement }) {
  const t = useText().shell;
  const session = useSession();
  const leave = useLeave();
  const [opened, setOpened] = useState(true);
  const out = useMutation({ mutationFn: signOut, onSettled: leave });
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { language, speak } = useLanguage();
  return (
    <Menu opened={opened} onChange={setOpened} position="bottom-end" width={260} closeOnItemClick={false}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        {session && <Menu.Label>{t.signedInAs(session.name, session.role)}</Menu.Label>}
        <Stack gap="sm" px="sm" py="xs">
          <div>
            <Text size="xs" c="dimmed" mb={4} id="scheme-label">
              {t.scheme.label}
            </Text>
            <SegmentedControl
              aria-labelledby="scheme-label"
              fullWidth
              size="xs"
              value={colorScheme}
              onChange={(scheme) => setColorScheme(scheme)}
              data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: t.scheme[value] }))}
            />
          </div>
          <div>
            <Text size="xs" c="dimmed" mb={4} id="language-label">
              {t.language}
            </Text>
            <SegmentedControl
              aria-labelledby="language-label"
              fullWidth
              size="xs"
              value={language}
              onChange={(chosen) => speak(chosen as Language)}
              data={Object.entries(languages).map(([value, label]) => ({ value, label }))}
            />
          </div>
        </Stack>
        <Menu.Divider />
        <Menu.Item leftSection={<Icon name="right" />} onClick={() => out.mutate()}>
          {t.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
