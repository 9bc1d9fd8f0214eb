import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useReducer } from 'react';
import { environmentQuery } from '~/api/queries/environments';
import { configDiffQuery, variablesQuery } from '~/api/queries/config';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { useTabSearch } from '../use-tab-search';
import { drop, nothing, put, type Draft, type Entry, type Level } from './draft';
import { Filters } from './Filters';
import { useSaid, type Owner } from './levels';
import { fitting, rowsOf, variablesSearch, type Show } from './rows';
import { SaveBar } from './SaveBar';
import { VariableTable } from './VariableTable';

const EditDrawer = lazy(() => import('./EditDrawer').then(({ EditDrawer }) => ({ default: EditDrawer })));
const ExplainDrawer = lazy(() => import('./ExplainDrawer').then(({ ExplainDrawer }) => ({ default: ExplainDrawer })));
const ImportDialog = lazy(() => import('./ImportDialog').then(({ ImportDialog }) => ({ default: ImportDialog })));
const UsesDrawer = lazy(() => import('./UsesDrawer').then(({ UsesDrawer }) => ({ default: UsesDrawer })));

type Act = { put: Entry } | { drop: Pick<Entry, 'level' | 'slot'> } | { level: Level } | 'undo';

function act(draft: Draft, action: Act): Draft {
  if (action === 'undo') return nothing;
  if ('put' in action) return put(draft, action.put);
  if ('drop' in action) return drop(draft, action.drop);
  return new Map([...draft].filter(([, entry]) => entry.level !== action.level));
}

/** An environment's variables: found, explained, and changed, all changes together. */
export function VariablesTab({ environment: name }: { environment: string }) {
  const t = useText().variables;
  const f = useFormat();
  const project = useProject();
  const { open } = useDialog();
  const environment = useQuery(environmentQuery(name, project));
  const variables = useQuery(variablesQuery(name, project));
  const running = variables.data?.value.running ?? 0;
  const newest = variables.data?.value.version ?? 0;
  const diff = useQuery({ ...configDiffQuery(name, 'running', 'latest', project), enabled: running > 0 && running !== newest });
  const [search, change] = useTabSearch(variablesSearch);
  const [draft, dispatch] = useReducer(act, nothing);
  const t2 = t.save;
  useBlocker({
    shouldBlockFn: ({ current, next }) => draft.size > 0 && current.pathname !== next.pathname && !window.confirm(t2.leave),
    enableBeforeUnload: () => draft.size > 0,
  });

  const of = environment.data;
  const owner = useMemo<Owner>(
    () => ({ environment: name, type: of?.type ?? 'custom', project: of?.project ?? project ?? '' }),
    [name, of?.type, of?.project, project],
  );
  const wanted = useMemo(() => new Set([...draft.values()].map(({ level }) => level)), [draft]);
  const said = useSaid(owner, wanted);
  const all = variables.data?.value.variables;
  const differing = useMemo(
    () => new Set((running > 0 && running !== newest ? (diff.data?.changes ?? []) : []).map(({ path }) => path).filter((path) => path.startsWith('variables.'))),
    [diff.data, running, newest],
  );
  const rows = useMemo(() => rowsOf(all ?? [], draft, differing), [all, draft, differing]);
  const services = useMemo(() => [...new Set([...Object.keys(of?.spec.replicas ?? {}), ...rows.flatMap(({ variable }) => (variable?.scope === 'service' && variable.target ? [variable.target] : []))])].sort(), [of, rows]);

  if (!variables.data || !of) {
    const error = variables.error ?? environment.error;
    return error ? <ProblemNote error={error} onRetry={() => void variables.refetch()} /> : <Waiting for={t.what} />;
  }
  const shown = fitting(rows, search);
  const show = (what: Show | undefined, slot?: string) => change({ show: what, variable: slot });
  const close = () => show(undefined);
  const secret = variables.data.value.variables.filter(({ sensitive }) => sensitive).length;
  const selected = rows.find(({ slot }) => slot === search.variable);

  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <Text c="dimmed" size="sm" className="figures" role="status">
          {t.counts(f.number(variables.data.value.variables.length), f.number(secret))}
          {shown.length !== rows.length && ` · ${t.found(f.number(shown.length), f.number(rows.length))}`}
        </Text>
        <Group gap="sm">
          <Button variant="default" leftSection={<Icon name="download" />} onClick={() => open('export', { environment: name })}>
            {t.export}
          </Button>
          <Allowed needs="write" variant="default" leftSection={<Icon name="upload" />} onClick={() => show('import')}>
            {t.import}
          </Allowed>
          <Allowed needs="write" leftSection={<Icon name="plus" />} onClick={() => show('add')}>
            {t.add}
          </Allowed>
        </Group>
      </Group>
      <ProblemsOf problems={variables.data.value.problems} />
      <Filters search={search} change={change} services={services} differing={differing.size} />
      {rows.length === 0 ? (
        <Empty title={t.empty.title} says={t.empty.says} command={t.empty.command(name)} />
      ) : (
        <VariableTable
          environment={name}
          project={project}
          rows={shown}
          said={said}
          problems={variables.data.value.problems}
          onShow={show}
          onRemove={(row) => {
            if (row.variable) dispatch({ put: { level: 'environment', slot: row.slot, change: null, before: row.variable } });
          }}
          onUndo={(row) => row.entries.forEach((entry) => dispatch({ drop: entry }))}
        />
      )}
      <SaveBar owner={owner} draft={draft} said={said} onPut={(entry) => dispatch({ put: entry })} onDrop={(entry) => dispatch({ drop: entry })} onSaved={(level) => dispatch({ level })} onUndo={() => dispatch('undo')} />
      <Suspense>
        {(search.show === 'add' || (search.show === 'edit' && selected)) && (
          <EditDrawer
            key={search.variable ?? ''}
            owner={owner}
            row={search.show === 'edit' ? selected : undefined}
            draft={draft}
            services={services}
            onKeep={(entry) => {
              dispatch({ put: entry });
              close();
            }}
            onClose={close}
          />
        )}
        {search.show === 'explain' && search.variable && <ExplainDrawer environment={name} slot={search.variable} onClose={close} />}
        {search.show === 'uses' && search.variable && <UsesDrawer environment={name} slot={search.variable} onClose={close} />}
        {search.show === 'import' && <ImportDialog owner={owner} etag={variables.data.etag} services={services} variables={variables.data.value.variables} onClose={close} />}
      </Suspense>
    </Stack>
  );
}

/** What no deployment would go with, said before somebody tries. */
function ProblemsOf({ problems }: { problems: readonly { field?: string; message: string }[] }) {
  if (problems.length === 0) return null;
  return (
    <Stack gap={4} role="alert" style={{ border: '1px solid var(--state-warn)', borderRadius: 6, padding: '8px 12px' }}>
      {problems.map(({ field, message }) => (
        <Group key={`${field ?? ''} ${message}`} gap="sm" wrap="nowrap" align="baseline">
          <Icon name="warn" size={14} style={{ color: 'var(--state-warn)', flex: 'none', alignSelf: 'center' }} />
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            <code>{field}</code>: {message}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
