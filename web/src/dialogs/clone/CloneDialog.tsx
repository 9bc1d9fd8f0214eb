import { Button, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answer, api, once, type Schema } from '~/api/client';
import { Problem } from '~/api/problem';
import { environmentsQuery } from '~/api/queries/environments';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { Select } from '~/parts/Choice';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { useFew } from '~/parts/few';
import { Facts } from '~/parts/Facts';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import type { DialogProps } from '../Dialogs';
import { knownOfName } from '../parts/known';
import { quoted } from '../sync/asked';

type Type = Schema<'Environment'>['type'];
const types: readonly Type[] = ['development', 'testing', 'staging', 'production', 'preview', 'custom'];

interface Asked {
  source: string;
  name: string;
  type: Type | undefined;
  region: string;
  description: string;
}

function commandOf({ source, name, type, region, description }: Asked): string {
  const words = ['lockstep', 'clone', source || 'SOURCE', name || 'NAME'];
  if (type) words.push('--type', type);
  if (region) words.push('--region', quoted(region));
  if (description) words.push('--description', quoted(description));
  return words.join(' ');
}

/** Makes an environment that is like another one, and shows before what is rewritten for the new name. */
export function CloneDialog({ preset, onClose }: DialogProps) {
  const text = useText();
  const few = useFew();
  const t = text.sync.clone;
  const project = useProject();
  const navigate = useNavigate();
  const environments = useQuery(environmentsQuery(project));
  const [asked, setAsked] = useState<Asked>({ source: preset.source ?? preset.environment ?? '', name: '', type: undefined, region: '', description: '' });
  const set = (to: Partial<Asked>) => setAsked({ ...asked, ...to });
  const [settled] = useDebouncedValue(asked, 300);
  const ask = (of: Asked, dryRun: boolean, signal?: AbortSignal) =>
    answer(
      api.POST('/api/system/environments/{id}/clone', {
        params: { path: { id: of.source }, query: { project, dryRun }, header: dryRun ? {} : once() },
        body: { name: of.name, ...(of.type && { type: of.type }), ...(of.region && { region: of.region }), ...(of.description && { description: of.description }) },
        ...(signal && { signal }),
      }),
    );
  const known = knownOfName(settled.name, environments.data?.map(({ name }) => name) ?? [], ['current', 'switch'], text.dialogs.known);
  const ready = settled.source !== '' && known.whole;
  const plan = useQuery({ queryKey: ['preview', 'clone', project, settled], queryFn: ({ signal }) => ask(settled, true, signal), enabled: ready, retry: false, staleTime: 0 });
  const clone = useMutation({
    mutationFn: () => ask(asked, false),
    onSuccess: ({ environment }) => {
      notifications.show({ message: t.done(environment.name) });
      onClose();
      void navigate({ to: addresses.environment(environment.name) });
    },
  });
  const named = plan.error instanceof Problem && plan.error.field === 'name' ? plan.error.message : undefined;
  const spec = plan.data?.environment.spec;
  return (
    <Modal opened onClose={onClose} title={t.title} size="lg" closeButtonProps={{ 'aria-label': text.parts.close }}>
      <Stack gap="md">
        <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'start' }}>
          <Select label={t.source} value={asked.source || null} data={(environments.data ?? []).map(({ name }) => name)} onChange={(source) => set({ source: source ?? '' })} searchable filter={few} />
          <TextInput label={t.name} description={t.nameSays} inputWrapperOrder={['label', 'input', 'description', 'error']} value={asked.name} onChange={({ currentTarget: { value } }) => set({ name: value.trim() })} error={known.fault ?? named} autoComplete="off" spellCheck={false} data-autofocus />
          <Select label={t.type} placeholder={t.typeSame} value={asked.type ?? null} data={types.map((value) => ({ value, label: text.parts.type[value] }))} onChange={(type) => set({ type: types.find((one) => one === type) })} clearable />
          <TextInput label={t.region} value={asked.region} onChange={({ currentTarget: { value } }) => set({ region: value.trim() })} placeholder={spec?.region} />
        </SimpleGrid>
        <TextInput label={t.description} value={asked.description} onChange={({ currentTarget: { value } }) => set({ description: value })} placeholder={plan.data?.environment.description} />
        <section aria-label={t.rewritten}>
          {!ready && <Text c="dimmed">{t.waiting}</Text>}
          {ready && plan.isPending && <Waiting for={t.title} />}
          {ready && plan.error && named === undefined && <ProblemNote error={plan.error} />}
          {ready && plan.data && spec && (
            <Stack gap="md">
              <Facts
                rows={[
                  [t.type, text.parts.type[plan.data.environment.type]],
                  [t.facts.strategy, text.parts.strategy[spec.strategy.primary]],
                  [t.facts.replicas, Object.entries(spec.replicas).map(([service, n]) => `${service} ${n}`).join(', ')],
                  [t.facts.region, spec.region],
                  [t.facts.validation, spec.validation],
                  [t.facts.approval, spec.approvalRequired ? t.approvalYes : t.approvalNo],
                ]}
              />
              <div>
                <Text fw={600}>{t.rewritten}</Text>
                {plan.data.rewritten.length === 0 ? (
                  <Text size="sm" c="dimmed">
                    {t.noRewritten}
                  </Text>
                ) : (
                  <Changes changes={plan.data.rewritten.map(({ path, from, to }) => ({ path, type: 'modify', oldValue: from, newValue: to }))} />
                )}
              </div>
              <Text size="sm" c="dimmed">
                {t.secrets}
              </Text>
            </Stack>
          )}
        </section>
        <CommandToCopy command={commandOf(asked)} />
        <ProblemNote error={clone.error} />
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            {text.parts.cancel}
          </Button>
          <Allowed needs="write" disabled={!ready || !plan.data || settled !== asked || plan.error !== null} loading={clone.isPending} onClick={() => clone.mutate()}>
            {t.clone}
          </Allowed>
        </Group>
      </Stack>
    </Modal>
  );
}
