import { Button, Checkbox, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Allowed } from '~/parts/Allowed';
import { Diff } from '~/parts/Diff';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';
import type { Sections } from './sections';
import type { Editing } from './use-sections';
import { write } from './write';

export interface SaveOptions {
  description?: string;
  createBackup?: boolean;
  validateBeforeApply?: boolean;
  applyImmediately?: boolean;
}

interface Props {
  now: Sections;
  editing: Editing;
  blocked: string | undefined;
  save: { mutate: (options: SaveOptions) => void; isPending: boolean; error: unknown };
  onClose: () => void;
}

/** The difference before it is saved, with a word about why, and how. */
export function ReviewSections({ now, editing, blocked, save, onClose }: Props) {
  const text = useText();
  const t = text.configuration.save;
  const [message, setMessage] = useState('');
  const [options, setOptions] = useState({ createBackup: false, validateBeforeApply: false, applyImmediately: false });
  const said = Object.fromEntries(Object.entries(options).filter(([, on]) => on));
  const option = (name: keyof typeof options, label: string) => <Checkbox label={label} checked={options[name]} onChange={({ currentTarget: { checked } }) => setOptions({ ...options, [name]: checked })} />;
  return (
    <Modal opened onClose={onClose} title={t.review} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
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
          <Button variant="default" onClick={onClose}>
            {t.back}
          </Button>
          <Allowed needs="write" blocked={editing.conflicts.length > 0 ? t.decide : blocked} loading={save.isPending} onClick={() => save.mutate({ ...said, ...(message && { description: message }) })}>
            {t.save}
          </Allowed>
        </Group>
      </Stack>
    </Modal>
  );
}
