import { Checkbox } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { Difference } from '~/api/queries/syncs';
import { lineOf } from '~/parts/Changes';
import { Table, type Column } from '~/parts/Table';
import { useText } from '~/text/text';
import { canSync, keyOf } from './difference';
import styles from './Differences.module.css';
import { Why } from './Why';

interface Props {
  source: string;
  target: string;
  differences: readonly Difference[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

/** The differences, path by path, both values and why; what can be synced can be chosen. */
export function DifferenceTable({ source, target, differences, chosen, onChoose }: Props) {
  const t = useText().compare;
  const narrow = useMediaQuery('(max-width: 48em)');
  // What is meant to differ is chosen by itself, or where nothing else is looked at.
  const meant = differences.every(({ class: of }) => of === 'intended');
  const possible = differences.filter((one) => canSync(one) && (meant || one.class !== 'intended'));
  const all = possible.length > 0 && possible.every(({ path }) => chosen.has(path));
  const choose = (paths: readonly string[], on: boolean) => {
    const next = new Set(chosen);
    for (const path of paths) {
      if (on) next.add(path);
      else next.delete(path);
    }
    onChoose(next);
  };
  const value = (said: unknown, of: string, sensitive: boolean | undefined) => {
    const text = said === undefined ? '' : sensitive ? '[REDACTED]' : lineOf(said);
    return text === '' ? <span className={styles.dim}>{t.notHere}</span> : <code className={styles.code} title={`${of}: ${text}`}>{text}</code>;
  };
  const why = (d: Difference) => `${d.class === 'drifted' && d.environment ? `${t.runs(d.environment)} ${d.sensitive ? '[REDACTED]' : lineOf(d.running) || t.notHere}. ` : ''}${d.reason}`;
  const columns: Column<Difference>[] = [
    {
      id: 'choose',
      title: t.columns.choose,
      width: '44px',
      cell: (difference) =>
        canSync(difference) ? (
          <Checkbox aria-label={t.choosePath(difference.path)} checked={chosen.has(difference.path)} onChange={({ currentTarget: { checked } }) => choose([difference.path], checked)} />
        ) : (
          <span data-tip={t.notSynced} className={styles.dim} aria-label={t.notSynced} role="img">
            –
          </span>
        ),
    },
    { id: 'path', title: t.columns.path, width: narrow ? '190px' : 'minmax(200px, 3fr)', sort: ({ path }) => path, cell: ({ path }) => <code className={styles.code} title={path}>{path}</code> },
    {
      id: 'class',
      title: t.columns.class,
      width: narrow ? '150px' : 'minmax(168px, 1.4fr)',
      sort: ({ class: of }) => of,
      cell: ({ class: of, environment }) => (
        <span title={t.classes[of].says}>
          {t.classes[of].name}
          {of === 'drifted' && environment && <span className={styles.dim}> · {environment}</span>}
        </span>
      ),
    },
    {
      id: 'source',
      title: source,
      width: narrow ? '150px' : 'minmax(140px, 2fr)',
      cell: (d) => (d.class === 'drifted' ? (d.environment === source ? value(d.stored, t.stored(source), d.sensitive) : null) : value(d.source, source, d.sensitive)),
    },
    {
      id: 'target',
      title: target,
      width: narrow ? '150px' : 'minmax(140px, 2fr)',
      cell: (d) => (d.class === 'drifted' ? (d.environment === target ? value(d.stored, t.stored(target), d.sensitive) : null) : value(d.target, target, d.sensitive)),
    },
    {
      id: 'reason',
      title: t.columns.reason,
      width: narrow ? '280px' : 'minmax(240px, 5fr)',
      cell: (d) => <Why says={why(d)} />,
    },
  ];
  return (
    <>
      <Checkbox label={t.chooseAll} checked={all} indeterminate={!all && chosen.size > 0} disabled={possible.length === 0} onChange={({ currentTarget: { checked } }) => choose(possible.map(({ path }) => path), checked)} />
      <div className={styles.frame}>
        <Table label={t.what} rows={differences} columns={columns} rowKey={keyOf} rowHeight={52} maxHeight="max(320px, 56vh)" empty={<p style={{ padding: '0 16px' }}>{t.noneFit}</p>} />
      </div>
    </>
  );
}
