import { Alert, Button, Checkbox, CopyButton, Group, Modal, SegmentedControl, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { Problem } from '~/api/problem';
import { environmentsQuery } from '~/api/queries/environments';
import { useMay } from '~/api/session';
import { formats, type Format } from '~/pages/environment/variables/formats';
import { Select } from '~/parts/Choice';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { useFew } from '~/parts/few';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import type { DialogProps } from '../Dialogs';
import { exported } from './one';

interface Asked {
  environment: string;
  service: string;
  format: Format;
  version: 'running' | 'latest' | '';
  secrets: boolean;
  namespace: string;
}

interface File {
  name: string;
  text: string;
  leftOut: readonly string[];
}

class Differ extends Error {}

/** The file, written by the server. It can have secrets in it, so nothing of it is kept, and it is not asked for twice. */
const fileQuery = (asked: Asked, project: string | undefined, differ: (keys: string, services: string) => string) =>
  queryOptions({
    queryKey: ['export', asked, project] as const,
    queryFn: async ({ signal }): Promise<File> => {
      const query = { project, ...(asked.service && { service: asked.service }), ...(asked.version && { version: asked.version }), ...(asked.secrets && { includeSecrets: true }) };
      const config = await answer(api.GET('/api/system/environments/{id}/config/resolved', { params: { path: { id: asked.environment }, query }, signal }));
      const one = exported(config, asked.service, asked.secrets);
      if (one.differ.length > 0) throw new Differ(differ(one.differ.join(', '), Object.keys(config.services).join(', ')));
      const name = asked.service === '' ? asked.environment : `${asked.environment}-${asked.service}`;
      const written = await answer(
        api.POST('/api/system/variables/write', { body: { format: asked.format, variables: one.variables, name, ...(asked.namespace && { namespace: asked.namespace }) }, signal }),
      );
      const ending = formats.find(({ format }) => format === asked.format)?.ending ?? '';
      return { name: `${name}${ending}`, text: written.text, leftOut: asked.secrets ? [] : one.secrets };
    },
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });

const matrixQuery = (project: string | undefined) =>
  queryOptions({
    queryKey: ['matrix', { project, text: true }] as const,
    queryFn: async ({ signal }): Promise<File> => ({
      name: `${project ?? 'environment-matrix'}.yaml`,
      text: await answer(api.GET('/api/system/matrix', { params: { query: { project } }, parseAs: 'text', signal })),
      leftOut: [],
    }),
  });

/** Variables of an environment in the formats of others, or the project's matrix. */
export function ExportDialog({ preset, onClose }: DialogProps) {
  const text = useText();
  const few = useFew();
  const t = text.sync.export;
  const project = useProject();
  const may = useMay('reveal');
  const environments = useQuery(environmentsQuery(project));
  const [kind, setKind] = useState<'variables' | 'matrix'>(preset.environment ? 'variables' : 'matrix');
  const [asked, setAsked] = useState<Asked>({ environment: preset.environment ?? '', service: '', format: 'dotenv', version: '', secrets: false, namespace: '' });
  // Asking for secrets is noted, so it happens when it is said, and not with every change of the form.
  const [revealed, setRevealed] = useState<Asked>();
  const set = (to: Partial<Asked>) => setAsked({ ...asked, ...to });
  const ready = !asked.secrets || revealed === asked;
  const variables = useQuery({ ...fileQuery(asked, project, t.differ), enabled: kind === 'variables' && asked.environment !== '' && ready });
  const matrix = useQuery({ ...matrixQuery(project), enabled: kind === 'matrix' });
  const got = kind === 'matrix' ? matrix : variables;
  const kubernetes = asked.format === 'configmap' || asked.format === 'secret';
  const of = environments.data?.find(({ name }) => name === asked.environment);
  const words = ['lockstep', 'vars', 'export', asked.environment || 'ENV'];
  if (asked.service) words.push('--service', asked.service);
  if (asked.format !== 'dotenv') words.push('--format', asked.format);
  if (asked.version) words.push('--config', asked.version);
  if (kubernetes && asked.namespace) words.push('--namespace', asked.namespace);
  if (asked.secrets) words.push('--reveal');
  return (
    <Modal opened onClose={onClose} title={t.title} size="lg" closeButtonProps={{ 'aria-label': text.parts.close }}>
      <Stack gap="md">
        <SegmentedControl
          aria-label={t.what}
          value={kind}
          data={(['variables', 'matrix'] as const).map((value) => ({ value, label: t.kinds[value] }))}
          onChange={(next) => setKind(next === 'matrix' ? 'matrix' : 'variables')}
          fullWidth
        />
        {kind === 'variables' && (
          <>
            <SimpleGrid cols={{ base: 1, xs: 2 }}>
              <Select label={t.environment} value={asked.environment || null} data={(environments.data ?? []).map(({ name }) => name)} onChange={(next) => set({ environment: next ?? '', service: '' })} searchable filter={few} />
              <Select label={t.service} value={asked.service} data={[{ value: '', label: t.all }, ...Object.keys(of?.spec.replicas ?? {}).map((name) => ({ value: name, label: name }))]} onChange={(service) => set({ service: service ?? '' })} allowDeselect={false} />
              <Select label={t.format} value={asked.format} data={formats.map(({ format, name }) => ({ value: format, label: name }))} onChange={(next) => set({ format: formats.find(({ format }) => format === next)?.format ?? 'dotenv' })} allowDeselect={false} />
              <Select
                label={t.version}
                value={asked.version}
                data={[
                  { value: '', label: t.versions.running },
                  { value: 'latest', label: t.versions.latest },
                ]}
                onChange={(next) => set({ version: next === 'latest' ? 'latest' : '' })}
                allowDeselect={false}
              />
            </SimpleGrid>
            {kubernetes && <TextInput label={t.namespace} value={asked.namespace} onChange={({ currentTarget: { value } }) => set({ namespace: value.trim() })} />}
            <Checkbox label={t.secrets} description={may ? t.secretsSays : text.parts.mayNot.reveal} disabled={!may} checked={asked.secrets} onChange={({ currentTarget: { checked } }) => set({ secrets: checked })} />
          </>
        )}
        {kind === 'variables' && asked.environment !== '' && !ready && (
          <Button variant="default" leftSection={<Icon name="eye" />} onClick={() => setRevealed(asked)}>
            {t.reveal}
          </Button>
        )}
        {got.error && (got.error instanceof Problem ? <ProblemNote error={got.error} /> : <Alert variant="outline" color="yellow" role="alert">{got.error.message}</Alert>)}
        {got.isFetching && <Waiting for={t.waiting} />}
        {got.data && (
          <>
            <Textarea label={t.result} value={got.data.text} readOnly autosize minRows={4} maxRows={16} styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', whiteSpace: 'pre', overflowX: 'auto' } }} />
            {got.data.leftOut.length > 0 && (
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {t.leftOut(got.data.leftOut.join(', '))}
              </Text>
            )}
          </>
        )}
        <CommandToCopy command={kind === 'matrix' ? 'lockstep export' : words.join(' ')} />
        <Group justify="flex-end" gap="sm">
          {got.data && (
            <>
              <CopyButton value={got.data.text}>
                {({ copied, copy }) => (
                  <Button variant="default" leftSection={<Icon name={copied ? 'check' : 'copy'} />} onClick={copy}>
                    {copied ? t.copied : t.copy}
                  </Button>
                )}
              </CopyButton>
              <Button leftSection={<Icon name="download" />} onClick={() => save(got.data)}>
                {t.file(got.data.name)}
              </Button>
            </>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

/** Gives the browser a file to save. It is made here: nothing is fetched for it. */
function save({ name, text }: File) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  URL.revokeObjectURL(address);
}
