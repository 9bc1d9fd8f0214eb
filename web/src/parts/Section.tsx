import { Card, Group, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

/** A part of a page with a heading of its own, in a frame. */
export function Section({ title, actions, children, flush = false }: { title: string; actions?: ReactNode; children: ReactNode; flush?: boolean }) {
  const id = useId();
  return (
    <Card component="section" aria-labelledby={id} padding={0}>
      <Group justify="space-between" px="lg" py="sm" mih={44} style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {actions}
      </Group>
      <div style={flush ? undefined : { padding: 16 }}>{children}</div>
    </Card>
  );
}
