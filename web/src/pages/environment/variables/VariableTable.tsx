import { Group } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { Schema } from '~/api/client';
import { useMay } from '~/api/session';
import { Ago } from '~/parts/Ago';
import { Empty } from '~/parts/Empty';
import { More, type MoreItem } from '~/parts/More';
import { Table, type Column } from '~/parts/Table';
import { useText } from '~/text/text';
import { conflicts, type Level } from './draft';
import type { Said } from './levels';
import type { Row, Show } from './rows';
import { parseSlot, pathOf } from './slot';
import { Value } from './Value';
import classes from './VariableTable.module.css';

interface Props {
  environment: string;
  project: string | undefined;
  rows: readonly Row[];
  said: Record<Level, Said | undefined>;
  problems: readonly Schema<'Problem'>[];
  onShow: (show: Show, slot: string) => void;
  onRemove: (row: Row) => void;
  onUndo: (row: Row) => void;
}

/** The variables, one a line; ten thousand of them, too. */
export function VariableTable({ environment, project, rows, said, problems, onShow, onRemove, onUndo }: Props) {
  const t = useText().variables;
  const narrow = useMediaQuery('(max-width: 48em)');
  const wrong = new Map(problems.map(({ field, message }) => [field, message]));
  const columns: Column<Row>[] = [
    {
      id: 'name',
      title: t.columns.name,
      width: narrow ? 'minmax(130px, 4fr)' : 'minmax(230px, 3fr)',
      sort: ({ slot }) => parseSlot(slot).key,
      cell: (row) => <Name row={row} said={said} onShow={onShow} />,
    },
    {
      id: 'value',
      title: t.columns.value,
      width: narrow ? 'minmax(110px, 3fr)' : 'minmax(240px, 5fr)',
      cell: (row) => <Value environment={environment} project={project} row={row} problem={wrong.get(pathOf(row.slot))} />,
    },
    ...(narrow ? [] : wide(t)),
    { id: 'actions', title: '', width: '52px', cell: (row) => <Acts row={row} onShow={onShow} onRemove={onRemove} onUndo={onUndo} /> },
  ];
  return (
    <div className={classes.frame}>
      <Table label={t.title} rows={rows} columns={columns} rowKey={({ slot }) => slot} rowHeight={44} maxHeight="max(320px, calc(100vh - 340px))" empty={<Empty title={t.noneFit.title} says={t.noneFit.says} />} />
    </div>
  );
}

function wide(t: ReturnType<typeof useText>['variables']): Column<Row>[] {
  return [
    {
      id: 'type',
      title: t.columns.type,
      width: '96px',
      sort: ({ variable }) => variable?.type ?? '',
      cell: ({ variable }) => (variable ? ((t.types as Partial<Record<string, string>>)[variable.type] ?? variable.type) : ''),
    },
    {
      id: 'from',
      title: t.columns.from,
      width: 'minmax(130px, 2fr)',
      sort: ({ variable }) => variable?.level ?? '',
      cell: ({ variable }) => variable && <From level={variable.level} owner={variable.owner} matrix={variable.source === 'import' && variable.modifiedBy === ''} />,
    },
    {
      id: 'changed',
      title: t.columns.changed,
      width: 'minmax(176px, 1fr)',
      sort: ({ variable }) => variable?.lastModified ?? '',
      cell: ({ variable }) =>
        variable && variable.modifiedBy !== '' ? (
          <span className={classes.dim}>
            <Ago at={variable.lastModified} /> · {variable.modifiedBy}
          </span>
        ) : null,
    },
  ];
}

export function From({ level, owner, matrix }: { level: string; owner: string; matrix: boolean }) {
  const t = useText().variables;
  const say = (t.from as Partial<Record<string, (owner: string) => string>>)[level];
  return (
    <span title={matrix ? t.matrix : undefined}>
      {say ? say(owner) : level}
      {matrix && <span className={classes.dim}> · {t.matrix}</span>}
    </span>
  );
}

function Name({ row, said, onShow }: { row: Row; said: Record<Level, Said | undefined>; onShow: Props['onShow'] }) {
  const t = useText().variables;
  const { key, target, scope } = parseSlot(row.slot);
  const [entry] = row.entries;
  const now = entry && said[entry.level];
  let mark: string | undefined;
  if (entry) {
    if (now && conflicts(entry, now.own.get(entry.slot))) mark = t.pending.conflict;
    else if (entry.change === null) mark = t.pending.removed;
    else mark = entry.before ? t.pending.changed : t.pending.added;
  } else if (row.differs) mark = row.variable ? t.differs : t.gone;
  return (
    <div className={classes.name} title={row.variable?.description}>
      <button type="button" className={classes.open} aria-label={t.editNamed(row.slot)} onClick={() => onShow(row.variable || entry ? 'edit' : 'explain', row.slot)}>
        {target !== '' && <span className={classes.target}>{scope === 'feature' ? `${target}? ` : `${target}/`}</span>}
        <span data-removed={entry?.change === null || undefined}>{key}</span>
      </button>
      {mark !== undefined && (
        <span className={classes.mark} data-pending={entry ? true : undefined} title={entry ? undefined : t.differsSays}>
          {mark}
        </span>
      )}
    </div>
  );
}

function Acts({ row, onShow, onRemove, onUndo }: { row: Row } & Pick<Props, 'onShow' | 'onRemove' | 'onUndo'>) {
  const t = useText().variables;
  const may = useMay('write');
  const { variable, slot } = row;
  const pending = row.entries.length > 0;
  const own = variable?.level === 'environment' && !(variable.source === 'import' && variable.modifiedBy === '');
  const items = (): MoreItem[] => [
    { label: t.edit, icon: 'edit', run: () => onShow('edit', slot), off: !may || (!variable && !pending) },
    { label: t.explain, icon: 'info', run: () => onShow('explain', slot), off: !variable },
    ...(variable?.sensitive ? [{ label: t.uses, icon: 'user', run: () => onShow('uses', slot) } as const] : []),
    ...(pending ? [{ label: t.undo, icon: 'back', run: () => onUndo(row) } as const] : []),
    ...(own && !pending ? [{ label: t.remove, icon: 'trash', run: () => onRemove(row), off: !may } as const] : []),
  ];
  return (
    <Group gap={0} wrap="nowrap" justify="flex-end">
      <More label={t.menu(slot)} variant="subtle" color="gray" items={items} />
    </Group>
  );
}
