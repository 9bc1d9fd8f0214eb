import { Group, Stack, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';
import { useText } from '~/text/text';

interface Props {
  title: string;
  /** Beside the title: badges, a name's version. */
  beside?: ReactNode;
  /** On the right: buttons. */
  actions?: ReactNode;
  children: ReactNode;
  /** For reading rather than for tables: not wider than lines can be read. */
  narrow?: boolean;
}

/** A page: its heading, its buttons, the window's title. Every page is one. */
export function Page({ title, beside, actions, children, narrow = false }: Props) {
  const t = useText().shell;
  useEffect(() => {
    document.title = t.title(title);
  }, [t, title]);
  return (
    <Stack gap="lg" p={{ base: 'md', sm: 'xl' }} maw={narrow ? 960 : 1760}>
      <Group justify="space-between" gap="sm" mih={36}>
        <Group gap="md">
          <Title order={1}>{title}</Title>
          {beside}
        </Group>
        {actions !== undefined && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
