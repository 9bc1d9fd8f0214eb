import { Button, Checkbox, Collapse, Group, Paper, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '~/api/problem';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Scroll } from '~/parts/Scroll';
import { useText } from '~/text/text';
import { Conflict } from './Conflict';
import { bodyOf, conflicts, placeOf, type Draft, type Entry, type Level } from './draft';
import { change, type Owner, type Result, type Said } from './levels';
import { useTrial } from './use-trial';

interface Props {
  owner: Owner;
  draft: Draft;
  said: Record<Level, Said | undefined>;
  onPut: (entry: Entry) => void;
  onDrop: (entry: Entry) => void;
  onSaved: (level: Level) => void;
  onUndo: () => void;
}

const order: readonly Level[] = ['project', 'type', 'environment'];

/** All changes that are not saved: what they come to, what is wrong with them, who else was here, and saving them. */
export function SaveBar({ owner, draft, said, onPut, onDrop, onSaved, onUndo }: Props) {
  const text = useText();
  const t = text.variables.save;
  const [message, setMessage] = useState('');
  const [apply, setApply] = useState(false);
  const [open, setOpen] = useState(true);
  const trial = useTrial(owner, draft);
  const levels = order.filter((level) => [...draft.values()].some((entry) => entry.level === level));
  const known = levels.every((level) => said[level] !== undefined);
  const fought = [...draft.values()].filter((entry) => {
    const now = said[entry.level];
    return now !== undefined && conflicts(entry, now.own.get(entry.slot));
  });
  const save = useMutation({
    mutationFn: async () => {
      const results: Result[] = [];
      for (const level of levels) {
        const etag = said[level]?.etag ?? '*';
        const last = level === levels.at(-1);
        results.push(await change(owner, level, bodyOf(draft, level), { etag, dryRun: false, message, applyImmediately: apply && last && level === 'environment' }));
        onSaved(level);
      }
      return results;
    },
    onSuccess: () => setMessage(''),
    gcTime: 0, // new values of secrets are in what was sent
  });
  const mistakes = trial.error instanceof Problem && trial.error.code === 'invalid';
  if (draft.size === 0) return save.data ? <Saved results={save.data} owner={owner} onClose={save.reset} /> : null;

  let blocked: string | undefined;
  if (fought.length > 0) blocked = t.resolve;
  else if (mistakes) blocked = t.mistakes;
  return (
    <Paper withBorder p="md" role="region" aria-label={t.title} style={{ position: 'sticky', bottom: 8, zIndex: 2, borderColor: 'var(--state-busy)' }}>
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <Text fw={600} role="status">
            {t.count(draft.size)}
          </Text>
          <Group gap="sm">
            <Button variant="subtle" size="compact-sm" onClick={() => setOpen(!open)} aria-expanded={open}>
              {open ? t.hide : t.review}
            </Button>
            <Button variant="default" size="compact-sm" leftSection={<Icon name="back" size={14} />} onClick={onUndo}>
              {t.undoAll}
            </Button>
          </Group>
        </Group>
        {fought.map((entry) => (
          <Conflict key={placeOf(entry)} entry={entry} now={said[entry.level]?.own.get(entry.slot)} onMine={(now) => onPut({ ...entry, before: now })} onTheirs={() => onDrop(entry)} />
        ))}
        <Collapse expanded={open}>
          <Stack gap="md">
            <Scroll label={t.review} style={{ maxHeight: '30vh' }}>
              {trial.error ? <ProblemNote error={trial.error} /> : trial.changes && <Changes changes={trial.changes} />}
            </Scroll>
            {levels.length > 1 && (
              <Text size="sm" c="dimmed">
                {t.several}
              </Text>
            )}
            <Group gap="md" align="flex-end">
              <TextInput label={t.message} value={message} onChange={({ currentTarget: { value } }) => setMessage(value)} style={{ flex: '1 1 240px' }} />
              {levels.includes('environment') && <Checkbox label={t.apply} description={t.applySays} checked={apply} onChange={({ currentTarget: { checked } }) => setApply(checked)} />}
            </Group>
          </Stack>
        </Collapse>
        <ProblemNote error={save.error} />
        <Group justify="flex-end">
          <Allowed needs="write" blocked={blocked} loading={save.isPending} disabled={!known} onClick={() => save.mutate()}>
            {t.save}
          </Allowed>
        </Group>
      </Stack>
    </Paper>
  );
}

/** What was recorded, and how it ships. */
function Saved({ results, owner, onClose }: { results: readonly Result[]; owner: Owner; onClose: () => void }) {
  const text = useText();
  const t = text.variables.save;
  const { open } = useDialog();
  const last = results.at(-1);
  const made = results.flatMap((result) => result.environments).filter(({ environment }, i, all) => all.findLastIndex((one) => one.environment === environment) === i);
  if (!last) return null;
  return (
    <Paper withBorder p="md" role="status" style={{ position: 'sticky', bottom: 8, zIndex: 2 }}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Text>
            <Icon name="check" style={{ color: 'var(--state-ok)', verticalAlign: '-3px' }} /> {t.saved(made.map(({ environment, number }) => t.savedAs(String(number), environment)).join(', '))}{' '}
            {last.deployment ? t.deploying : t.ships}
          </Text>
          <Group gap="sm">
            {!last.deployment && (
              <Allowed needs="write" variant="default" size="compact-sm" leftSection={<Icon name="deploy" size={14} />} onClick={() => open('deploy', { environment: owner.environment })}>
                {t.deploy}
              </Allowed>
            )}
            <Button variant="subtle" size="compact-sm" onClick={onClose}>
              {text.parts.close}
            </Button>
          </Group>
        </Group>
        {!last.deployment && <CommandToCopy command={`lockstep deploy ${owner.environment} --with-config latest`} />}
      </Stack>
    </Paper>
  );
}
