import { Button, useComputedColorScheme } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useFormat, useText } from '~/text/text';
import classes from './Chart.module.css';
import type { ChartData } from './chart-data';

const Plot = lazy(() => import('./Plot').then((module) => ({ default: module.Plot })));

export interface Line {
  label: string;
  /** Of theme.ts: "--state-ok". */
  color: string;
}

interface Props {
  title: string;
  data: ChartData;
  lines: readonly Line[];
  write: (n: number) => string;
  /** Whether it is counted in powers of two: its ticks are round then. */
  binary?: boolean;
}

/** Figures over time: drawn, and behind the drawing as a table, for who does not see it or wants to copy them. */
export function Chart({ title, data, lines, write, binary = false }: Props) {
  const t = useText().environment.charts;
  const f = useFormat();
  const scheme = useComputedColorScheme();
  const [asTable, setAsTable] = useState(false);
  const nothing = data.lines.every((line) => line.every((value) => value === null));
  return (
    <figure className={classes.chart}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{title}</span>
        <span className={classes.legend}>
          {lines.map(({ label, color }, i) => (
            <span key={label} className={classes.line}>
              <span className={classes.dash} style={{ background: `var(${color})` }} /> {lines.length > 1 && label}
              <span className="figures">{latest(data.lines[i], write)}</span>
            </span>
          ))}
        </span>
        <Button size="compact-xs" variant="subtle" color="gray" aria-pressed={asTable} aria-label={t.tableOf(title)} onClick={() => setAsTable(!asTable)}>
          {t.table}
        </Button>
      </figcaption>
      {nothing && <p className={classes.none}>{t.none}</p>}
      {!nothing && !asTable && (
        <div aria-hidden="true" className={classes.plot}>
          <Suspense>
            <Plot key={scheme} data={data} lines={lines} write={write} binary={binary} />
          </Suspense>
        </div>
      )}
      {!nothing && (
        // Scrolled by keys too, so it takes the focus while it is seen.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
        <div className={asTable ? classes.figures : classes.hidden} tabIndex={asTable ? 0 : -1} role="region" aria-label={t.tableOf(title)}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.time}</th>
                {lines.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.at
                .map((at, i) => ({ at, values: data.lines.map((line) => line[i] ?? null) }))
                .filter(({ values }) => asTable || values.some((value) => value !== null))
                .reverse()
                .map(({ at, values }) => (
                  <tr key={at}>
                    <th scope="row">{f.exact(at * 1000)}</th>
                    {values.map((value, i) => (
                      <td key={lines[i]?.label}>{value === null ? t.gap : write(value)}</td>
                    ))}
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      )}
    </figure>
  );
}

function latest(line: readonly (number | null)[] | undefined, write: (n: number) => string): string {
  const value = line?.findLast((each) => each !== null);
  return value === undefined ? '' : write(value);
}
