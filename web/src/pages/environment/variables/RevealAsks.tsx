import { Button, Popover, Stack, Text } from '@mantine/core';
import type { ReactElement } from 'react';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';
import type { Revealed } from './Reveal';

/** Asks before a secret is shown, and says that it is noted. */
export function RevealAsks({ name, reveal, onClose, children }: { name: string; reveal: Revealed; onClose: () => void; children: ReactElement }) {
  const t = useText().variables.reveal;
  return (
    <Popover opened onChange={(open) => open || onClose()} width={280} withArrow trapFocus position="bottom-start">
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm" style={{ whiteSpace: 'normal' }}>
          <Text fw={600} style={{ overflowWrap: 'anywhere' }}>
            {t.asks(name)}
          </Text>
          <Text size="sm" c="dimmed">
            {t.says}
          </Text>
          <ProblemNote error={reveal.error} />
          <Button size="xs" loading={reveal.asking} onClick={reveal.ask}>
            {t.yes}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
