import { Button, Checkbox, Group, Modal, Paper, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, ifMatch, once } from '~/api/client';
import { Allowed } from '~/parts/Allowed';
import { lineOf } from '~/parts/Changes';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Diff } from '~/parts/Diff';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';
import { nameOf, type Sections } from './sections';
import type { Editing } from './use-sections';
import { write } from './write';

interface Props {
  environment: string;
  project: string | undefined;
  etag: string;
  now: Sections;
  editing: Editing;
  blocked: string | undefined;
}

/** What is not saved: conflicts with others, the diff, a word about why, and saving it as a new version. */
export function SaveSections({ environment, project, etag, now, editing, blocked }: Props) {
  const text = useText();
  const t = text.configuration.save;
  const queries = useQueryClient();
  const [reviewing, setReviewing] = useState(false);
  const [message, setMessage] = useState('');
  const [options, setOptions] = useState({ createBackup: false, validateBeforeApply: false, applyImmediately: false });
  const save = useMutation({
    mutationFn: () => {
      const said = Object.fromEntries(Object.entries(options).filter(([, on]) => on));
      return answer(
        api.PUT('/api/system/environments/{id}/config', {
          params: { path: { id: environment }, query: { project }, header: { ...ifMatch(etag), ...once() } },
          body: { ...editing.patch, options: { ...said, ...(message && { description: message }) } },
        }),
      );
    },
    onSuccess: async () => {
      // What is shown is what is there only once that was read again.
      await queries.invalidateQueries({ queryKey: ['config'] });
      editing.undo();
      setReviewing(false);
      setMessage('');
    },
    onError: () => void queries.invalidateQueries({ queryKey: ['config'] }),
  });
  const option = (name: keyof typeof options, label: string) => <Checkbox label={label} checked={options[name]} onChange={({ currentTarget: { checked } }) => setOptions({ ...options, [name]: checked })} />;
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
      <Modal opened={reviewing} onClose={() => setReviewing(false)} title={t.review} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
        <Stack gap="md">
          <Diff before={write(now, 'yaml')} after={write(editing.sections, 'yaml')} language="yaml" />
          <TextInput label={t.message} value={message} onChange={({ currentTarget: { value } }) => setMessage(value)} data-autofocus />
          <Stack gap="xs">
            {option('createBackup', t.backup)}
            {option('validateBeforeApply', t.validate)}
            {option('applyImmediately', t.apply)}
          </Stack>
          <ProblemNote error={save.error} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => setReviewing(false)}>
              {t.back}
            </Button>
            <Allowed needs="write" blocked={editing.conflicts.length > 0 ? t.decide : blocked} loading={save.isPending} onClick={() => save.mutate()}>
              {t.save}
            </Allowed>
          </Group>
        </Stack>
      </Modal>
    </Paper>
  );
}

/** Somebody was faster, with the same values: theirs beside mine, and the choice. */
function Conflicts({ editing }: { editing: Editing }) {
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
