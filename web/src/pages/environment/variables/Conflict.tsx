import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Variable } from '~/api/queries/config';
import { Ago } from '~/parts/Ago';
import { Icon } from '~/parts/icons';
import { useFormat, useText } from '~/text/text';
import type { Entry } from './draft';

interface Props {
  entry: Entry;
  now: Variable | undefined;
  onMine: (now: Variable | undefined) => void;
  onTheirs: () => void;
}

/** Somebody changed the same variable meanwhile: what it was, what they say, what I say; and the choice. */
export function Conflict({ entry, now, onMine, onTheirs }: Props) {
  const t = useText().variables;
  const mine = entry.change;
  return (
    <Stack gap="sm" p="md" role="alert" style={{ border: '1px solid var(--state-warn)', borderRadius: 6 }}>
      <Text fw={600}>
        <Icon name="warn" size={14} style={{ color: 'var(--state-warn)', verticalAlign: '-2px' }} /> {t.conflict.title(entry.slot)}
        {now && (
          <Text span c="dimmed" inherit fw={400}>
            {' '}
            <Ago at={now.lastModified} />, {t.conflict.by(now.modifiedBy)}
          </Text>
        )}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <Side title={t.conflict.was}>
          <Said variable={entry.before} />
        </Side>
        <Side title={t.conflict.theirs}>
          <Said variable={now} />
        </Side>
        <Side title={t.conflict.mine}>
          {mine === null ? t.conflict.removed : (entry.before?.sensitive ?? mine.sensitive) ? '••••••••' : (mine.value ?? JSON.stringify(mine))}
        </Side>
      </SimpleGrid>
      <Group gap="sm">
        <Button size="compact-sm" variant="default" onClick={() => onMine(now)}>
          {t.conflict.takeMine}
        </Button>
        <Button size="compact-sm" variant="default" onClick={onTheirs}>
          {t.conflict.takeTheirs}
        </Button>
      </Group>
    </Stack>
  );
}

function Side({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {title}
      </Text>
      <code style={{ overflowWrap: 'anywhere' }}>{children}</code>
    </div>
  );
}

function Said({ variable }: { variable: Variable | undefined }) {
  const t = useText().variables;
  const f = useFormat();
  if (!variable) return <>{t.conflict.removed}</>;
  if (variable.sensitive) return <>{t.secretVersion(f.number(variable.secretVersion ?? 0))}</>;
  return <>{variable.value}</>;
}
