import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { answer, api, ifMatch, once } from '~/api/client';
import { Allowed } from '~/parts/Allowed';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import { Conflicts } from './Conflicts';
import type { SaveOptions } from './ReviewSections';
import type { Sections } from './sections';
import type { Editing } from './use-sections';

const ReviewSections = lazy(() => import('./ReviewSections').then(({ ReviewSections }) => ({ default: ReviewSections })));

interface Props {
  environment: string;
  project: string | undefined;
  etag: string;
  now: Sections;
  editing: Editing;
  blocked: string | undefined;
}

/** What is not saved: conflicts with others, and the way to saving it as a new version. */
export function SaveSections({ environment, project, etag, now, editing, blocked }: Props) {
  const text = useText();
  const t = text.configuration.save;
  const queries = useQueryClient();
  const [reviewing, setReviewing] = useState(false);
  const save = useMutation({
    mutationFn: (options: SaveOptions) =>
      answer(
        api.PUT('/api/system/environments/{id}/config', {
          params: { path: { id: environment }, query: { project }, header: { ...ifMatch(etag), ...once() } },
          body: { ...editing.patch, options },
        }),
      ),
    onSuccess: async () => {
      // What is shown is what is there only once that was read again.
      await queries.invalidateQueries({ queryKey: ['config'] });
      editing.undo();
      setReviewing(false);
    },
    onError: () => void queries.invalidateQueries({ queryKey: ['config'] }),
  });
  if (editing.changed.length === 0 && editing.conflicts.length === 0) {
    if (!save.data) return null;
    return (
      <Paper withBorder p="md" role="status" style={{ position: 'sticky', bottom: 8, zIndex: 2 }}>
        <Stack gap="sm">
          <Group justify="space-between">
            <Text>
              <Icon name="check" style={{ color: 'var(--state-ok)', verticalAlign: '-3px' }} /> {t.saved(save.data.version)} {save.data.deployment ? text.variables.save.deploying : text.variables.save.ships}
            </Text>
            <Button variant="subtle" size="compact-sm" onClick={save.reset}>
              {text.parts.close}
            </Button>
          </Group>
          {!save.data.deployment && <CommandToCopy command={`lockstep deploy ${environment} --with-config latest`} />}
        </Stack>
      </Paper>
    );
  }
  return (
    <Paper withBorder p="md" role="region" aria-label={t.title} style={{ position: 'sticky', bottom: 8, zIndex: 2, borderColor: 'var(--state-busy)' }}>
      <Stack gap="sm">
        {editing.conflicts.length > 0 && <Conflicts editing={editing} />}
        {editing.moved && editing.conflicts.length === 0 && (
          <Text size="sm" role="status">
            <Icon name="info" size={14} style={{ verticalAlign: '-2px' }} /> {t.merged}
          </Text>
        )}
        <Group justify="space-between" gap="sm">
          <Text fw={600} role="status">
            {t.count(editing.changed.length)}
          </Text>
          <Group gap="sm">
            <Button variant="default" leftSection={<Icon name="back" size={14} />} onClick={editing.undo}>
              {t.undoAll}
            </Button>
            <Allowed needs="write" blocked={editing.conflicts.length > 0 ? t.decide : blocked} onClick={() => setReviewing(true)}>
              {t.review}
            </Allowed>
          </Group>
        </Group>
      </Stack>
      {reviewing && (
        <Suspense>
          <ReviewSections now={now} editing={editing} blocked={blocked} save={save} onClose={() => setReviewing(false)} />
        </Suspense>
      )}
    </Paper>
  );
}
