import { Group, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

/** A group of cards with its heading: not framed, because the cards are. `wide`: how many cards it has, where it stands beside others. */
export function Heading({ title, count, wide = 0, children }: { title: string; count?: string; wide?: number; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} style={wide > 0 ? { flex: `${wide} 1 ${Math.min(wide, 6) * 280}px`, minWidth: 0, maxWidth: '100%' } : undefined}>
      <Group gap="sm" mb="sm" align="baseline">
        <Title order={2} id={id}>
          {title}
        </Title>
        {count !== undefined && (
          <Text size="sm" c="dimmed" className="figures">
            {count}
          </Text>
        )}
      </Group>
      {children}
    </section>
  );
}
