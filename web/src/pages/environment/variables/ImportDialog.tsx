import { Button, FileButton, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import type { Variable } from '~/api/queries/config';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { Select } from '~/parts/Choice';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Scroll } from '~/parts/Scroll';
import { Waiting } from '~/parts/Waiting';
import { useFormat, useText } from '~/text/text';
import { fits, formats, guess, type Format } from './formats';
import { change, type Body, type Owner } from './levels';
import { slotOf } from './slot';

interface Props {
  owner: Owner;
  etag: string;
  services: readonly string[];
  variables: readonly Variable[];
  onClose: () => void;
}

interface Asked {
  text: string;
  format: Format;
  service: string;
  patterns: readonly string[];
}

/** What a file says, and what it would change: read and tried, nothing recorded. There may be secrets in it, so it is not kept. */
const planQuery = (owner: Owner, asked: Asked, variables: readonly Variable[], etag: string) =>
  queryOptions({
    queryKey: ['import', owner, asked, etag] as const,
    queryFn: async ({ signal }) => {
      const read = await answer(api.POST('/api/system/variables/read', { body: { format: asked.format, text: asked.text }, signal }));
      const secret = new Set(variables.filter(({ sensitive }) => sensitive).map(slotOf));
      const body: Body = {};
      for (const { key, value } of read.variables) {
        const slot = asked.service === '' ? key : `${asked.service}/${key}`;
        const becomes = asked.format === 'secret' || fits(key, asked.patterns);
        // In a secret nothing is a reference, so the text is taken as it stood in the file.
        body[slot] = becomes || secret.has(slot) || secret.has(key) ? { value: value.replaceAll('$${', '${'), ...(becomes && { sensitive: true }) } : { value };
      }
      const result = await change(owner, 'environment', body, { etag, dryRun: true, signal });
      return { body, count: read.variables.length, changes: result.changes };
    },
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });

/** Brings the variables of a file in: pasted or chosen, with everything that would change before it does. */
export function ImportDialog({ owner, etag, services, variables, onClose }: Props) {
  const text = useText();
  const t = text.variables.file;
  const f = useFormat();
  const [content, setContent] = useState('');
  const [name, setName] = useState('');
  const [format, setFormat] = useState<Format>('dotenv');
  const [service, setService] = useState('');
  const [patterns, setPatterns] = useState('');
  const [asked] = useDebouncedValue({ text: content, format, service, patterns: patterns.split(',').map((one) => one.trim()).filter(Boolean) }, 300);
  const plan = useQuery({ ...planQuery(owner, asked, variables, etag), enabled: asked.text.trim() !== '' });
  const apply = useMutation({
    mutationFn: (body: Body) => change(owner, 'environment', body, { etag, dryRun: false, message: name === '' ? t.title : `${t.title}: ${name}` }),
    onSuccess: (result) => {
      notifications.show({ message: t.done(`${result.number ?? ''}`) });
      onClose();
    },
    gcTime: 0,
  });
  const choose = async (file: File | null) => {
    if (!file) return;
    const read = await file.text();
    setContent(read);
    setName(file.name);
    setFormat(guess(file.name, read) ?? format);
  };
  const changes = plan.data?.changes ?? [];
  return (
    <Modal opened onClose={onClose} title={t.title} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
      <Stack gap="md">
        <Group gap="sm" align="flex-end">
          <FileButton onChange={(file) => void choose(file)}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<Icon name="upload" />}>
                {t.choose}
              </Button>
            )}
          </FileButton>
          <Select label={t.format} value={format} data={formats.map(({ format, name }) => ({ value: format, label: name }))} onChange={(next) => setFormat(formats.find((one) => one.format === next)?.format ?? format)} allowDeselect={false} style={{ flex: '1 1 160px' }} />
          <Select label={t.service} value={service} data={[{ value: '', label: t.everybody }, ...services.map((one) => ({ value: one, label: one }))]} onChange={(next) => setService(next ?? '')} allowDeselect={false} style={{ flex: '1 1 140px' }} />
        </Group>
        <Textarea label={t.text} description={t.textSays} value={content} onChange={({ currentTarget: { value } }) => setContent(value)} autosize minRows={6} maxRows={14} spellCheck={false} autoComplete="off" styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }} data-autofocus />
        <TextInput label={t.secretKeys} description={t.secretKeysSays} value={patterns} onChange={({ currentTarget: { value } }) => setPatterns(value)} spellCheck={false} />
        <div role="status" aria-label={t.plan}>
          {asked.text.trim() === '' ? (
            <Text c="dimmed">{t.waiting}</Text>
          ) : plan.error ? (
            <ProblemNote error={plan.error} />
          ) : plan.data ? (
            <>
              <Text size="sm" c="dimmed" mb="xs">
                {t.read(f.number(plan.data.count))}. {t.stays}
              </Text>
              <Scroll label={t.plan} style={{ maxHeight: '32vh' }}>{changes.length === 0 ? <Text>{t.nothing}</Text> : <Changes changes={changes} />}</Scroll>
            </>
          ) : (
            <Waiting for={t.plan} />
          )}
        </div>
        <CommandToCopy command={`lockstep vars import ${owner.environment} ${name || 'FILE'} --format ${format}${service === '' ? '' : ` --service ${service}`}${patterns === '' ? '' : ` --secret-keys '${patterns.replaceAll(' ', '')}'`}`} />
        <ProblemNote error={apply.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {text.parts.cancel}
          </Button>
          <Allowed needs="write" disabled={!plan.data || changes.length === 0} loading={apply.isPending} onClick={() => plan.data && apply.mutate(plan.data.body)}>
            {t.import(changes.length)}
          </Allowed>
        </Group>
      </Stack>
    </Modal>
  );
}
