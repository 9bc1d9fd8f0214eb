import { ActionIcon, Button, Checkbox, Group, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once, type Schema } from '~/api/client';
import { environmentsQuery } from '~/api/queries/environments';
import { Allowed } from '~/parts/Allowed';
import { Changes } from '~/parts/Changes';
import { Select } from '~/parts/Choice';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ConfirmName } from '~/parts/ConfirmName';
import { useFew } from '~/parts/few';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Scroll } from '~/parts/Scroll';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { commandOf, syncTypes, type SyncAsked } from './asked';

interface Props {
  begin: Partial<SyncAsked>;
  onClose: () => void;
}

function optionsOf(asked: SyncAsked): Schema<'ConfigSyncOptions'> {
  return {
    sourceEnvironmentId: asked.source,
    syncType: asked.type,
    ...(asked.include.length > 0 && { include: [...asked.include] }),
    ...(asked.exclude.length > 0 && { exclude: [...asked.exclude] }),
    ...(asked.specific && { includeSpecific: true }),
  };
}

const planQuery = (asked: SyncAsked, project: string | undefined) =>
  queryOptions({
    queryKey: ['syncs', { project, plan: asked }] as const,
    queryFn: ({ signal }) =>
      answer(api.POST('/api/system/environments/{id}/sync', { params: { path: { id: asked.target }, query: { project, dryRun: true } }, body: optionsOf(asked), signal })),
    staleTime: 0,
    retry: false,
  });

/** A sync: from where into where, what of it, the plan, and then the thing itself, exactly as planned. */
export function SyncForm({ begin, onClose }: Props) {
  const text = useText();
  const few = useFew();
  const t = text.sync;
  const project = useProject();
  const environments = useQuery(environmentsQuery(project));
  const [asked, setAsked] = useState<SyncAsked>({ source: '', target: '', type: begin.include ? 'partial' : 'full', include: [], exclude: [], specific: false, apply: false, message: '', ...begin });
  const [sure, setSure] = useState(false);
  const set = (to: Partial<SyncAsked>) => setAsked({ ...asked, ...to });
  const chosen = asked.source !== '' && asked.target !== '' && asked.source !== asked.target && (asked.type !== 'partial' || asked.include.length > 0);
  const [settled] = useDebouncedValue(asked, 300);
  const plan = useQuery({ ...planQuery({ ...settled, message: '', apply: false }, project), enabled: chosen && settled.source !== '' && settled.target !== '' && settled.source !== settled.target });
  const sync = useMutation({
    mutationFn: (planned: Schema<'SyncResult'>) =>
      answer(
        api.POST('/api/system/environments/{id}/sync', {
          params: { path: { id: asked.target }, query: { project }, header: once() },
          // What was seen is what happens: of these versions, or not at all.
          body: { ...optionsOf(asked), sourceVersion: planned.sourceVersion, targetVersion: planned.targetVersion, ...(asked.apply && { applyImmediately: true }), ...(asked.message && { description: asked.message }) },
        }),
      ),
    onSuccess: () => {
      notifications.show({ message: t.begun(asked.target) });
      onClose();
    },
  });
  const names = (environments.data ?? []).filter(({ status }) => status !== 'archived').map(({ name }) => name);
  const target = environments.data?.find(({ name }) => name === asked.target);
  const changes = (plan.data?.changes ?? []).filter(({ status }) => status !== 'skipped');
  const stays = (plan.data?.changes ?? []).filter(({ status }) => status === 'skipped');
  const production = target?.type === 'production';
  const current = chosen && settled === asked && plan.data && !plan.isFetching ? plan.data : undefined;
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end" wrap="nowrap">
        <Select label={t.source} value={asked.source || null} data={names} onChange={(source) => set({ source: source ?? '' })} searchable filter={few} style={{ flex: 1, minWidth: 0 }} />
        <ActionIcon data-tip={text.compare.swap} variant="default" size={36} aria-label={text.compare.swap} onClick={() => set({ source: asked.target, target: asked.source })}>
          <Icon name="switch" />
        </ActionIcon>
        <Select label={t.target} value={asked.target || null} data={names} onChange={(next) => set({ target: next ?? '' })} searchable filter={few} error={asked.source !== '' && asked.source === asked.target ? t.same : undefined} style={{ flex: 1, minWidth: 0 }} />
      </Group>
      <Select label={t.type} value={asked.type} data={syncTypes.map((value) => ({ value, label: t.types[value] }))} onChange={(type) => set({ type: syncTypes.find((one) => one === type) ?? 'full' })} allowDeselect={false} />
      <TagsInput label={t.include} description={t.patternSays} value={[...asked.include]} onChange={(include) => set({ include })} maxDropdownHeight={0} styles={{ input: { maxHeight: 120, overflow: 'auto' } }} />
      <TagsInput label={t.exclude} value={[...asked.exclude]} onChange={(exclude) => set({ exclude })} />
      <Group gap="lg">
        <Checkbox label={t.specific} checked={asked.specific} onChange={({ currentTarget: { checked } }) => set({ specific: checked })} />
        <Checkbox label={t.apply} description={t.applySays} checked={asked.apply} onChange={({ currentTarget: { checked } }) => set({ apply: checked })} />
      </Group>
      <TextInput label={t.message} value={asked.message} onChange={({ currentTarget: { value } }) => set({ message: value })} />
      {chosen && (
        <section aria-label={t.preview}>
          <Text fw={600}>
            {t.preview}
            {plan.data && (
              <Text span c="dimmed" size="sm" ml="sm">
                {t.version(String(plan.data.sourceVersion), String(plan.data.targetVersion))}
              </Text>
            )}
          </Text>
          {plan.error ? <ProblemNote error={plan.error} onRetry={() => void plan.refetch()} /> : !plan.data && <Waiting for={t.preview} />}
          {plan.data && (
            <Scroll label={t.preview} style={{ maxHeight: '36vh' }}>
              {changes.length === 0 ? <Text c="dimmed">{t.nothing}</Text> : <Changes changes={changes} />}
              {stays.length > 0 && (
                <>
                  <Text size="sm" fw={600} mt="md">
                    {t.stays}
                  </Text>
                  {stays.map(({ path, reason }) => (
                    <Text key={path} size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                      <code>{path}</code> · {reason}
                    </Text>
                  ))}
                </>
              )}
            </Scroll>
          )}
        </section>
      )}
      {!asked.apply && (
        <Text size="sm" c="dimmed">
          {t.ships}
        </Text>
      )}
      <CommandToCopy command={commandOf(asked)} />
      {production && <ConfirmName key={asked.target} name={asked.target} onMatch={setSure} />}
      <ProblemNote error={sync.error} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {text.parts.cancel}
        </Button>
        <Allowed needs="write" disabled={!current || changes.length === 0 || (production && !sure)} loading={sync.isPending} onClick={() => current && sync.mutate(current)}>
          {t.sync(changes.length)}
        </Allowed>
      </Group>
    </Stack>
  );
}
