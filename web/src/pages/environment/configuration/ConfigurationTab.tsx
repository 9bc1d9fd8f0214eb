import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { answer, api, ifMatch } from '~/api/client';
import { Problem } from '~/api/problem';
import { configQuery } from '~/api/queries/config';
import { useDialog } from '~/dialogs/use-dialog';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { asOneOf, asText, type RawSearch } from '~/shell/search';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { useTabSearch } from '../use-tab-search';
import { SaveSections } from './SaveSections';
import { sectionNames, sectionsOf, type Json, type Sections } from './sections';
import { SectionsForm } from './SectionsForm';
import { useSections } from './use-sections';

const RawSections = lazy(() => import('./RawSections').then(({ RawSections }) => ({ default: RawSections })));
const Versions = lazy(() => import('./Versions').then(({ Versions }) => ({ default: Versions })));
const Flags = lazy(() => import('./Flags').then(({ Flags }) => ({ default: Flags })));
const views = ['form', 'raw', 'flags', 'versions'] as const;

function configurationSearch(search: RawSearch) {
  return {
    view: asOneOf(search.view, views),
    section: asOneOf(search.section, sectionNames),
    from: asText(search.from),
    to: asText(search.to),
  };
}

/** What the server says to a change before it is made. */
const trialQuery = (environment: string, project: string | undefined, patch: Json) =>
  queryOptions({
    queryKey: ['trial', environment, project, patch] as const,
    queryFn: ({ signal }) =>
      answer(api.PUT('/api/system/environments/{id}/config', { params: { path: { id: environment }, query: { project, dryRun: true }, header: ifMatch('*') }, body: patch, signal })),
    staleTime: 0,
    retry: false,
  });

const none: Sections = {};

/** An environment's nine sections: as a form, as text, their flags, and their versions. */
export function ConfigurationTab({ environment }: { environment: string }) {
  const text = useText();
  const t = text.configuration;
  const f = useFormat();
  const project = useProject();
  const { open } = useDialog();
  const [search, change] = useTabSearch(configurationSearch);
  const config = useQuery(configQuery(environment, project));
  const now = useMemo(() => (config.data ? sectionsOf(config.data.value) : none), [config.data]);
  const editing = useSections(now);
  const [readable, setReadable] = useState(true);
  const [patch] = useDebouncedValue(editing.patch, 300);
  const trial = useQuery({ ...trialQuery(environment, project, patch), enabled: Object.keys(patch).length > 0 });
  const mistakes = useMemo(() => (Object.keys(patch).length > 0 && trial.error instanceof Problem ? trial.error.mistakes : []), [patch, trial.error]);
  const problems = useMemo(() => new Map(mistakes.map(({ field = '', message }) => [field, message])), [mistakes]);
  const dirty = editing.changed.length > 0;
  useBlocker({
    shouldBlockFn: ({ current, next }) => dirty && current.pathname !== next.pathname && !window.confirm(t.save.leave),
    enableBeforeUnload: () => dirty,
  });
  if (!config.data) return config.error ? <ProblemNote error={config.error} onRetry={() => void config.refetch()} /> : <Waiting for={t.what} />;
  const { latest, running } = config.data.value;
  const view = search.view ?? 'form';
  let blocked: string | undefined;
  if (!readable && view === 'raw') blocked = t.save.unreadable;
  else if (mistakes.length > 0) blocked = t.save.mistakes;
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Group gap="md">
          <SegmentedControl aria-label={t.view} value={view} data={views.map((value) => ({ value, label: t.views[value] }))} onChange={(next) => change({ view: asOneOf(next, views) })} />
          <Text size="sm" c="dimmed">
            {t.numbers(f.number(latest), f.number(running))}
          </Text>
        </Group>
        <Group gap="sm">
          <Button variant="default" leftSection={<Icon name="compare" />} onClick={() => open('sync', { environment })}>
            {text.sync.open}
          </Button>
          <Button variant="default" leftSection={<Icon name="download" />} onClick={() => open('export', { environment })}>
            {text.variables.export}
          </Button>
        </Group>
      </Group>
      {view === 'form' && <SectionsForm sections={editing.sections} section={search.section ?? 'general'} changed={editing.changed} problems={problems} onSection={(section) => change({ section })} onChange={editing.edit} />}
      <Suspense fallback={<Waiting for={t.what} />}>
        {view === 'raw' && <RawSections sections={editing.sections} mistakes={mistakes} onChange={editing.edit} onReadable={setReadable} />}
        {view === 'flags' && <Flags environment={environment} sections={editing.sections} onChange={editing.edit} onEdit={() => change({ view: 'form', section: 'features' })} />}
        {view === 'versions' && <Versions environment={environment} running={running} latest={latest} from={search.from} to={search.to} onChoose={change} />}
      </Suspense>
      {Object.keys(patch).length > 0 && trial.error && mistakes.length === 0 && <ProblemNote error={trial.error} />}
      <SaveSections environment={environment} project={project} etag={config.data.etag} now={now} editing={editing} blocked={blocked} />
    </Stack>
  );
}
