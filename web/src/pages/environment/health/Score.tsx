import { Group, List, Progress, Text } from '@mantine/core';
import type { Schema } from '~/api/client';
import { HealthBadge } from '~/parts/StatusBadge';
import { Section } from '~/parts/Section';
import { useFormat, useText } from '~/text/text';
import { scoreParts } from './score';

/** The score, what costs it points, and how it is reckoned. */
export function Score({ health }: { health: Schema<'HealthReport'> }) {
  const t = useText().environment.health;
  const f = useFormat();
  const { score } = health;
  const costly = scoreParts(health.services)
    .filter(({ costs }) => costs > 0)
    .sort((a, b) => b.costs - a.costs);
  let color = 'var(--state-ok)';
  if (score !== undefined && score < 100) color = 'var(--state-warn)';
  if (score !== undefined && score < 75) color = 'var(--state-bad)';
  return (
    <Section title={t.score}>
      {score === undefined ? (
        <Text c="dimmed">{t.noScore}</Text>
      ) : (
        <>
          <Group gap="md" mb="sm">
            <Text fz={28} fw={600} lh={1.2} className="figures">
              {f.percent(score / 100)}
            </Text>
            {/* Of what does not run its dependencies can be asked about. */}
            <HealthBadge health={health.summary.status === 'idle' ? health.status : health.summary.status} />
          </Group>
          <Progress.Root size={8} radius={4} mb="md">
            <Progress.Section value={score} color={color} aria-label={t.score} aria-valuetext={f.percent(score / 100)} />
          </Progress.Root>
          {costly.length === 0 ? (
            <Text>{t.nothingCosts}</Text>
          ) : (
            <List size="sm">
              {costly.map((part) => (
                <List.Item key={part.name}>{t.costs(part.name, f.number(part.costs))}</List.Item>
              ))}
            </List>
          )}
        </>
      )}
      <Text size="sm" c="dimmed" mt="md">
        {t.formula}
      </Text>
    </Section>
  );
}
