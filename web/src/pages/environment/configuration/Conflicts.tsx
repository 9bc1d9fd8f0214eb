import { Button, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { lineOf } from '~/parts/Changes';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import { nameOf } from './sections';
import type { Editing } from './use-sections';

/** Somebody was faster, with the same values: theirs beside mine, and the choice. */
export function Conflicts({ editing }: { editing: Editing }) {
  const t = useText().configuration.save;
  const say = (value: unknown) => (value === undefined ? t.nothing : lineOf(value));
  return (
    <Stack gap="sm" p="md" role="alert" style={{ border: '1px solid var(--state-warn)', borderRadius: 6 }}>
      <Text fw={600}>
        <Icon name="warn" size={14} style={{ color: 'var(--state-warn)', verticalAlign: '-2px' }} /> {t.conflict}
      </Text>
      {editing.conflicts.map((conflict) => {
        const path = nameOf(conflict.path);
        return (
          <Stack key={path} gap="xs" role="group" aria-label={path}>
            <code>{path}</code>
            <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
              {(['was', 'theirs', 'mine'] as const).map((side) => (
                <div key={side}>
                  <Text size="xs" c="dimmed">
                    {t[side]}
                  </Text>
                  <code style={{ overflowWrap: 'anywhere' }}>{say(conflict[side])}</code>
                </div>
              ))}
            </SimpleGrid>
            <Group gap="sm">
              <Button size="compact-sm" variant="default" aria-label={t.takeMine(path)} onClick={() => editing.take(conflict, 'mine')}>
                {t.mineShort}
              </Button>
              <Button size="compact-sm" variant="default" aria-label={t.takeTheirs(path)} onClick={() => editing.take(conflict, 'theirs')}>
                {t.theirsShort}
              </Button>
            </Group>
          </Stack>
        );
      })}
    </Stack>
  );
}
