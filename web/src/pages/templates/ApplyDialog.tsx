import { Button, Checkbox, Group, Modal, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once } from '~/api/client';
import { Problem } from '~/api/problem';
import { environmentsQuery } from '~/api/queries/environments';
import type { Template } from '~/api/queries/templates';
import { faultOfValue, missingOf } from '~/dialogs/parts/known';
import { quoted } from '~/dialogs/sync/asked';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { Select } from '~/parts/Choice';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ConfirmName } from '~/parts/ConfirmName';
import { useFew } from '~/parts/few';
import { ProblemNote } from '~/parts/ProblemNote';
import { Scroll } from '~/parts/Scroll';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { ValueFields } from './ValueFields';
import { given, type Typed } from './values';

interface Asked {
  environment: string;
  typed: Typed;
}

/** What it would make and change. There can be secrets in what is given, so it is not kept. */
const previewQuery = (template: Template, { environment, typed }: Asked, project: string | undefined) =>
  queryOptions({
    queryKey: ['template-preview', template.id, template.metadata.version, environment, typed, project] as const,
    queryFn: ({ signal }) =>
      answer(
        api.POST('/api/system/config/templates/{id}/preview', {
          params: { path: { id: template.id }, query: { project } },
          body: { environment, version: template.metadata.version, variables: given(template.variables, typed) },
          signal,
        }),
      ),
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });

/** Applies a template to an environment: its values, every change before it is made, all of it or nothing. */
export function ApplyDialog({ template, environment, onClose }: { template: Template; environment: string; onClose: () => void }) {
  const text = useText();
  const few = useFew();
  const t = text.templates.use;
  const f = useFormat();
  const project = useProject();
  const environments = useQuery(environmentsQuery(project));
  const [asked, setAsked] = useState<Asked>({ environment, typed: {} });
  const [immediately, setImmediately] = useState(false);
  const [sure, setSure] = useState(false);
  const [settled] = useDebouncedValue(asked, 300);
  const faults = template.variables.flatMap((variable) => {
    const fault = faultOfValue(variable, settled.typed[variable.key], text.templates.demands, f.number);
    return fault === undefined ? [] : [[variable.key, fault] as const];
  });
  const missing = missingOf(template.variables, settled.typed);
  const whole = settled.environment !== '' && missing === undefined && faults.length === 0;
  const preview = useQuery({ ...previewQuery(template, settled, project), enabled: whole });
  const apply = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/system/config/templates/{id}/apply', {
          params: { path: { id: template.id }, query: { project }, header: once() },
          body: { environment: asked.environment, version: template.metadata.version, variables: given(template.variables, asked.typed), ...(immediately && { applyImmediately: true }) },
        }),
      ),
    onSuccess: (result) => {
      notifications.show({ message: t.done(String(result.configVersion ?? ''), result.environment) });
      onClose();
    },
    gcTime: 0,
  });
  const error = preview.error ?? apply.error;
  const mistakes = error instanceof Problem && error.code === 'invalid' ? error.mistakes : [];
  const problems = new Map([...mistakes.map(({ field = '', message }) => [field, message] as const), ...faults]);
  const atFields = mistakes.length > 0 && mistakes.every(({ field = '' }) => template.variables.some(({ key }) => field === key || field === `variables.${key}`));
  const of = environments.data?.find(({ name }) => name === asked.environment);
  const changes = preview.data?.changes ?? [];
  const files = Object.keys(preview.data?.appliedConfig.files ?? {});
  const current = whole && settled === asked && preview.data && !preview.isFetching;
  const words = ['lockstep', 'template', 'apply', asked.environment || 'ENV', template.name];
  for (const { key, sensitive, type } of template.variables) {
    const value = asked.typed[key] ?? '';
    if (value === '') continue;
    if (sensitive || type === 'secret') words.push('--secret', key);
    else words.push('--set', quoted(`${key}=${value}`));
  }
  if (immediately) words.push('--apply');
  return (
    <Modal opened onClose={onClose} title={t.title(template.name, template.metadata.version)} size="xl" closeButtonProps={{ 'aria-label': text.parts.close }}>
      <Stack gap="md">
        <Select
          label={t.environment}
          value={asked.environment || null}
          data={(environments.data ?? []).map(({ name }) => name)}
          onChange={(next) => setAsked({ ...asked, environment: next ?? '' })}
          error={of && !template.environmentTypes.includes(of.type) ? t.others : undefined}
          searchable
          filter={few}
        />
        <ValueFields variables={template.variables} typed={asked.typed} problems={problems} onChange={(typed) => setAsked({ ...asked, typed })} />
        <section aria-label={t.preview}>
          <Text fw={600}>{t.preview}</Text>
          {asked.environment === '' && <Text c="dimmed">{t.waiting}</Text>}
          {whole && preview.error && atFields && <Text c="dimmed">{t.wrong}</Text>}
          {whole && preview.error && !atFields && <ProblemNote error={preview.error} />}
          {settled.environment !== '' && missing !== undefined && <Text c="dimmed">{text.dialogs.known.value(missing)}</Text>}
          {settled.environment !== '' && missing === undefined && faults.length > 0 && <Text c="dimmed">{t.wrong}</Text>}
          {whole && preview.isPending && <Waiting for={t.preview} />}
          {whole && preview.data && (
            <Scroll label={t.preview} style={{ maxHeight: '36vh' }}>
              {changes.length === 0 ? <Text c="dimmed">{t.nothing}</Text> : <Changes changes={changes} />}
              {files.length > 0 && (
                <Text size="sm" c="dimmed">
                  {t.files(files.length)}: {files.join(', ')}
                </Text>
              )}
            </Scroll>
          )}
        </section>
        <Checkbox label={t.immediately} checked={immediately} onChange={({ currentTarget: { checked } }) => setImmediately(checked)} />
        <CommandToCopy command={words.join(' ')} />
        {of?.type === 'production' && <ConfirmName key={of.name} name={of.name} onMatch={setSure} />}
        <ProblemNote error={apply.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {text.parts.cancel}
          </Button>
          <Allowed needs="write" disabled={!current || (changes.length === 0 && files.length === 0) || (of?.type === 'production' && !sure)} loading={apply.isPending} onClick={() => apply.mutate()}>
            {t.apply(changes.length)}
          </Allowed>
        </Group>
      </Stack>
    </Modal>
  );
}
