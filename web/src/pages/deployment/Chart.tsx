import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormat } from '~/text/text';
import classes from './Chart.module.css';

export interface Line {
  label: string;
  /** One for each moment; null where nothing is known. */
  values: readonly (number | null)[];
  /** The name of a CSS variable. */
  color: string;
  dash?: number[];
  area?: boolean;
}

export interface ChartProps {
  /** For readers of screens: what is seen, in a sentence. */
  says: string;
  /** Seconds. */
  moments: readonly number[];
  lines: readonly Line[];
  write: (value: number) => string;
  /** The axis ends there at least. */
  most?: number;
  /** A value holds until the next. */
  steps?: boolean;
  height?: number;
}

const stepped = uPlot.paths.stepped?.({ align: 1 });

/** Lines over time. Loaded with the first chart that is seen. */
export function Chart({ says, moments, lines, write, most = 0, steps = false, height = 160 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const f = useFormat();
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const color = (name: string) => style.getPropertyValue(name).trim() || '#888';
    const axis = {
      stroke: color('--mantine-color-dimmed'),
      grid: { stroke: color('--mantine-color-default-border'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    };
    const plot = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 8, 0, 0],
        scales: { x: { time: true }, y: { range: (_, __, max) => [0, Math.max(most, max * 1.1) || 1] } },
        axes: [
          { ...axis, size: 28, space: 90, values: (_, splits) => splits.map((at) => f.clock(at * 1000)) },
          { ...axis, size: 64, space: 36, values: (_, splits) => splits.map((value) => write(value)) },
        ],
        series: [
          {},
          ...lines.map((line) => ({
            label: line.label,
            stroke: color(line.color),
            width: 2,
            points: { show: line.values.filter((value) => value !== null).length < 3, size: 6 },
            spanGaps: false,
            ...(line.dash && { dash: line.dash }),
            ...(line.area && { fill: `${color(line.color)}44` }),
            ...(steps && stepped && { paths: stepped }),
          })),
        ],
      },
      [[...moments], ...lines.map(({ values }) => [...values])],
      element,
    );
    const sized = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height }));
    sized.observe(element);
    return () => {
      sized.disconnect();
      plot.destroy();
    };
  }, [moments, lines, write, most, steps, height, f, scheme]);
  return (
    <figure className={classes.figure}>
      <div ref={place} role="img" aria-label={says} style={{ height }} />
      <figcaption className={classes.legend} aria-hidden="true">
        {lines.map((line) => (
          <span key={line.label} className={classes.entry}>
            <svg width="22" height="8" style={{ color: `var(${line.color})` }}>
              <line x1="0" y1="4" x2="22" y2="4" stroke="currentColor" strokeWidth="2" {...(line.dash && { strokeDasharray: line.dash.join(' ') })} />
            </svg>
            {line.label}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
