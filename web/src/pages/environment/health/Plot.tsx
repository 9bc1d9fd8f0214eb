import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Line } from './Chart';
import type { ChartData } from './chart-data';

interface Props {
  data: ChartData;
  lines: readonly Line[];
  write: (n: number) => string;
  binary: boolean;
}

const height = 150;
const powers = Array.from({ length: 50 }, (_, i) => 2 ** i);

/** The drawing of a chart. It is loaded with the first one; the pointer is shown in all of them at once. */
export function Plot({ data, lines, write, binary }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const drawn = useRef({ data, write });
  const look = JSON.stringify(lines);

  useEffect(() => {
    drawn.current = { data, write };
    plot.current?.setData(aligned(data));
  }, [data, write]);

  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const named = JSON.parse(look) as Line[];
    const style = getComputedStyle(element);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: color('--mantine-color-dimmed'),
      font: '12px system-ui, sans-serif',
      grid: { stroke: color('--mantine-color-default-border'), width: 1 },
      ticks: { show: false },
    };
    const made = new uPlot(
      {
        width: element.clientWidth || 400,
        height,
        legend: { show: false },
        cursor: { sync: { key: 'environment' }, drag: { x: false, y: false }, points: { size: 6 } },
        scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
        axes: [
          { ...axis, size: 28, values: [[86_400, '{MMM} {D}', null, null, null, null, null, null, 1], [3600, '{HH}:{mm}', '\n{MMM} {D}', null, null, null, null, null, 1], [60, '{HH}:{mm}', null, null, null, null, null, null, 1]] },
          { ...axis, size: 76, ...(binary && { incrs: powers }), values: (_, ticks) => ticks.map((each) => drawn.current.write(each)) },
        ],
        series: [
          {},
          ...named.map(({ label, color: name }, i) => ({ label, stroke: color(name), width: 1.5, ...(i > 0 && { dash: i === 1 ? [6, 3] : [2, 3] }), points: { show: false }, spanGaps: false })),
        ],
        hooks: { setCursor: [readout(element, named.map(({ label }) => label), () => drawn.current)] },
      },
      aligned(drawn.current.data),
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => {
      if (element.clientWidth > 0) made.setSize({ width: element.clientWidth, height });
    });
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [look, binary]);

  return <div ref={place} style={{ position: 'relative' }} />;
}

/** What is under the pointer, in words. */
function readout(element: HTMLElement, labels: readonly string[], drawn: () => { write: (n: number) => string }) {
  const box = document.createElement('div');
  box.className = 'figures';
  box.style.cssText =
    'position:absolute;top:0;right:8px;z-index:2;padding:2px 6px;border-radius:4px;font-size:12px;pointer-events:none;background:var(--mantine-color-body);color:var(--mantine-color-text);border:1px solid var(--mantine-color-default-border);display:none';
  return (plot: uPlot) => {
    if (!box.isConnected) element.append(box);
    const at = plot.cursor.idx;
    const time = at === null || at === undefined ? undefined : plot.data[0][at];
    box.style.display = time === undefined || (plot.cursor.left ?? -1) < 0 ? 'none' : 'block';
    if (time === undefined || at === null || at === undefined) return;
    const values = labels.map((label, i) => {
      const value = plot.data[i + 1]?.[at];
      return `${labels.length > 1 ? `${label} ` : ''}${value === null || value === undefined ? '–' : drawn().write(value)}`;
    });
    box.textContent = `${new Date(time * 1000).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' })}  ${values.join('  ')}`;
  };
}

function aligned({ at, lines }: ChartData): uPlot.AlignedData {
  return [at, ...lines];
}
