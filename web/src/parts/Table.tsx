import { VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useText } from '~/text/text';
import { Icon } from './icons';
import classes from './Table.module.css';

export interface Column<Row> {
  id: string;
  title: string;
  /** The title is only read out: of buttons, which say themselves what they do. */
  quiet?: boolean;
  cell: (row: Row) => ReactNode;
  /** A CSS grid width: "120px", "1fr", "minmax(120px, 2fr)". */
  width?: string;
  align?: 'right';
  /** Makes it sortable by this. */
  sort?: (row: Row) => string | number;
}

export interface Sorted {
  id: string;
  down: boolean;
}

interface Props<Row> {
  label: string;
  rows: readonly Row[];
  /** Memoize them: rows are drawn anew where they change. */
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => string;
  /** Of one row, in px; rows have one height so that thousands scroll smoothly. */
  rowHeight?: number;
  /** What it may grow to before it scrolls by itself. */
  maxHeight?: number | string;
  empty?: ReactNode;
  /** What it is sorted by, where that is kept outside: in the address. Otherwise it keeps it itself. */
  sorted?: Sorted | undefined;
  onSort?: (sorted: Sorted) => void;
  /** Called as the end comes near: for the next page of a list. */
  onEnd?: () => void;
}

/** A table of any length: only the rows that are seen are there. */
export function Table<Row>({ label, rows, columns, rowKey, rowHeight = 40, maxHeight = 640, empty, sorted: given, onSort, onEnd }: Props<Row>) {
  const t = useText().parts.table;
  const scroller = useRef<HTMLDivElement>(null);
  const [own, setOwn] = useState<Sorted>();
  const sorted = onSort ? given : own;
  const setSorted = onSort ?? setOwn;
  const by = columns.find(({ id }) => id === sorted?.id)?.sort;
  const down = sorted?.down ?? false;
  const shown = useMemo(() => order(rows, by, down), [rows, by, down]);
  const ended = useRef(-1);
  // eslint-disable-next-line react-hooks/incompatible-library -- the compiler skips this component, which is what we want
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    initialRect: { width: 800, height: 600 },
    onChange: ({ range }) => {
      if (onEnd && range && range.endIndex >= shown.length - 5 && ended.current !== shown.length) {
        ended.current = shown.length;
        onEnd();
      }
    },
  });
  // It keeps what it once took a row for: a phone that is turned has other ones.
  useLayoutEffect(() => virtual.measure(), [virtual, rowHeight]);
  if (rows.length === 0) return <>{empty ?? <div className={classes.none}>{t.none}</div>}</>;
  const template = columns.map(({ width }) => width ?? 'minmax(80px, 1fr)').join(' ');
  return (
    // Scrolled by keys too, so it takes the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={scroller} className={classes.scroller} style={{ maxHeight }} tabIndex={0} role="group" aria-label={label}>
      <div role="table" aria-label={label} aria-rowcount={shown.length + 1} className={classes.table} style={{ '--columns': template } as React.CSSProperties}>
        <div role="row" className={classes.head} aria-rowindex={1}>
          {columns.map((column) => {
            const by = sorted?.id === column.id ? sorted : undefined;
            return (
              <div
                key={column.id}
                role="columnheader"
                className={classes.cell}
                data-align={column.align}
                {...(column.sort && { 'aria-sort': by ? (by.down ? 'descending' : 'ascending') : 'none' })}
              >
                {column.sort ? (
                  <button type="button" className={classes.sort} title={t.sortBy(column.title)} onClick={() => setSorted({ id: column.id, down: by ? !by.down : false })}>
                    {column.title}
                    {by && <Icon name={by.down ? 'down' : 'up'} size={12} />}
                  </button>
                ) : column.quiet === true || column.title === '' ? (
                  <VisuallyHidden>{column.title || t.actions}</VisuallyHidden>
                ) : (
                  column.title
                )}
              </div>
            );
          })}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = shown[index];
            return row !== undefined && <OneRow key={rowKey(row)} row={row} columns={columns} index={index} start={start} height={rowHeight} />;
          })}
        </div>
      </div>
    </div>
  );
}

interface RowProps<Row> {
  row: Row;
  columns: readonly Column<Row>[];
  index: number;
  start: number;
  height: number;
}

// Scrolling draws the rows that come, and an event those that it changed: not all that are seen.
const OneRow = memo(function OneRow<Row>({ row, columns, index, start, height }: RowProps<Row>) {
  return (
    <div role="row" aria-rowindex={index + 2} className={classes.row} style={{ height, transform: `translateY(${start}px)` }}>
      {columns.map((column) => (
        <div key={column.id} role="cell" className={classes.cell} data-align={column.align}>
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}) as <Row>(props: RowProps<Row>) => ReactNode;

const collator = new Intl.Collator();

function order<Row>(rows: readonly Row[], by: ((row: Row) => string | number) | undefined, down: boolean): readonly Row[] {
  if (!by) return rows;
  const sign = down ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [by(a), by(b)];
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y)));
  });
}
