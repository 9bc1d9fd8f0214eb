import { ActionIcon, Anchor, Group, Kbd, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import { Account } from './Account';
import { addresses } from './addresses';
import { ConnectionState } from './ConnectionState';
import classes from './Header.module.css';
import { openPalette } from './palette-open';
import { ProjectPicker } from './ProjectPicker';

export function Header({ onMenu }: { onMenu: () => void }) {
  const t = useText().shell;
  return (
    <Group h="100%" px="sm" gap="sm" wrap="nowrap">
      <ActionIcon variant="subtle" color="gray" size="lg" hiddenFrom="sm" onClick={onMenu} aria-label={t.menu}>
        <Icon name="menu" size={20} />
      </ActionIcon>
      <Anchor component={Link} to={addresses.overview} underline="never" className={classes.mark}>
        <img src="/icon.svg" alt="" width={24} height={24} />
        <Text component="span" fw={600} visibleFrom="xs">
          Lockstep
        </Text>
      </Anchor>
      <ProjectPicker />
      <UnstyledButton className={classes.search} onClick={openPalette} aria-keyshortcuts="Control+K">
        <Icon name="search" />
        <VisuallyHidden hiddenFrom="sm">{t.search}</VisuallyHidden>
        <Text component="span" size="sm" c="dimmed" visibleFrom="sm">
          {t.search}
        </Text>
        <Kbd size="xs" visibleFrom="sm" aria-hidden>
          Ctrl K
        </Kbd>
      </UnstyledButton>
      <ConnectionState />
      <Account />
    </Group>
  );
}
