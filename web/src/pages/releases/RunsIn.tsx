import type { ReactNode } from 'react';
import { list, type Schema } from '~/api/client';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import classes from './RunsIn.module.css';

type Release = Schema<'Release'>;

/** Where a release runs and was rolled back: links to the environments, and what is special about each. */
export function RunsIn({ release }: { release: Release }) {
  return <Places of={release} show={(places) => <span className={classes.all}>{places}</span>} />;
}

/** The same on two lines of a table's row: what does not fit stands on the release's own page. */
export function RunsInShort({ release }: { release: Release }) {
  const t = useText().releases;
  return (
    <Places
      of={release}
      show={([first, second, ...more]) => (
        <>
          {first}
          {second !== undefined && (
            <span className={classes.line}>
              {second}
              {more.length > 0 && (
                <Go to={addresses.release(release.version)} className={classes.more} aria-label={t.moreRuns(more.length)}>
                  +{more.length}
                </Go>
              )}
            </span>
          )}
        </>
      )}
    />
  );
}

function Places({ of, show }: { of: Release; show: (places: ReactNode[]) => ReactNode }) {
  const t = useText().releases;
  const runs = list(of.runsIn).toSorted((a, b) => Number(b.current === true) - Number(a.current === true));
  const bad = [...new Set(list(of.quarantined).map(({ environment }) => environment))];
  if (runs.length === 0 && bad.length === 0) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>{t.nowhere}</span>;
  const places = runs.map((run) => (
    <span key={run.environmentId} className={classes.line}>
      <Go to={addresses.environment(run.environment)} className={classes.name} title={run.environment}>
        {run.environment}
      </Go>
      {run.current === true && (
        <span className={classes.word} style={{ color: 'var(--state-ok)' }}>
          <Icon name="live" size={12} /> {t.current}
        </span>
      )}
      {run.stopped === true && (
        <span className={classes.word} style={{ color: 'var(--mantine-color-dimmed)' }}>
          {t.stopped}
        </span>
      )}
    </span>
  ));
  if (bad.length > 0) {
    const says = t.quarantinedIn(bad.join(', '));
    places.push(
      <span key="bad" className={classes.line} style={{ color: 'var(--state-warn)', fontSize: 12 }} title={says}>
        <Icon name="back" size={12} />
        <span className={classes.name}>{says}</span>
      </span>,
    );
  }
  return show(places);
}
