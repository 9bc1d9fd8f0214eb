import { useMediaQuery } from '@mantine/hooks';
import { useMemo } from 'react';
import type { HistoryEntry } from '~/api/queries/history';
import { Ago, Took } from '~/parts/Ago';
import { Go } from '~/parts/Go';
import { Table, type Column } from '~/parts/Table';
import { useSentence } from '~/parts/use-sentence';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import classes from './History.module.css';
import { Result } from './Result';

/** Sentences, one a row; on narrow screens with what belongs to one below it. */
export function History({ entries, onEnd, maxHeight = 'calc(100vh - 250px)' }: { entries: readonly HistoryEntry[]; onEnd?: () => void; maxHeight?: number | string }) {
  const t = useText().activity;
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const columns = useMemo<Column<HistoryEntry>[]>(() => {
    const what: Column<HistoryEntry> = {
      id: 'what',
      title: t.happened,
      width: 'minmax(280px, 4fr)',
      cell: (entry) => <Sentence entry={entry} narrow={narrow} />,
    };
    if (narrow) return [{ ...what, width: 'minmax(0, 1fr)' }];
    return [
      { id: 'when', title: t.when, width: '132px', cell: ({ at }) => <Ago at={at} /> },
      what,
      {
        id: 'environment',
        title: t.environment,
        width: 'minmax(120px, 1fr)',
        cell: ({ environment }) => environment !== undefined && <Go to={addresses.environment(environment)}>{environment}</Go>,
      },
      { id: 'actor', title: t.actor, width: 'minmax(110px, 1fr)', cell: ({ actor }) => <span title={actor}>{actor}</span> },
      { id: 'took', title: t.took, width: '96px', align: 'right', cell: ({ duration }) => duration !== undefined && <Took ms={duration} /> },
    ];
  }, [t, narrow]);
  return <Table label={t.happened} rows={entries} columns={columns} rowKey={({ seq }) => String(seq)} rowHeight={narrow ? 72 : 44} maxHeight={maxHeight} {...(onEnd && { onEnd })} />;
}

function Sentence({ entry, narrow }: { entry: HistoryEntry; narrow: boolean }) {
  const text = useSentence()(entry);
  const { reason, operationId, operationKind, result, at, actor, environment } = entry;
  return (
    <div className={classes.entry}>
      <Result result={result} kind={entry.kind} />
      <div className={classes.words}>
        <div className={classes.text} title={reason === undefined || reason === '' ? text : `${text}: ${reason}`}>
          {operationId !== undefined && operationKind === 'deploy' ? <Go to={addresses.deployment(operationId)}>{text}</Go> : text}
          {reason !== undefined && reason !== '' && <span className={classes.reason}>: {reason}</span>}
        </div>
        {narrow && (
          <div className={classes.more}>
            <Ago at={at} />
            {actor !== undefined && <span>{actor}</span>}
            {environment !== undefined && <Go to={addresses.environment(environment)}>{environment}</Go>}
          </div>
        )}
      </div>
    </div>
  );
}
