import type { MetricPoint, Metrics } from '~/api/queries/monitoring';

/** Of every step of a range, so that a gap is as wide as it was: seconds since 1970, and a value or nothing. */
export interface ChartData {
  at: number[];
  lines: (number | null)[][];
}

/** A step that nobody saw is a gap: it is neither 0 nor what was before. */
export function chartData({ series, from, until, stepMs }: Pick<Metrics, 'series' | 'from' | 'until' | 'stepMs'>, lines: readonly ((point: MetricPoint) => number | undefined)[]): ChartData {
  const points = new Map(series.map((point) => [Date.parse(point.at), point]));
  const end = Date.parse(until);
  // Steps are as the server cut them; before the first that it knows they go on in the same measure.
  const known = series[0] ? Date.parse(series[0].at) : Date.parse(from);
  const at: number[] = [];
  for (let each = known - Math.floor((known - Date.parse(from)) / stepMs) * stepMs; each <= end; each += stepMs) at.push(each);
  return {
    at: at.map((each) => each / 1000),
    lines: lines.map((line) =>
      at.map((each) => {
        const point = points.get(each);
        return point && point.covered > 0 ? (line(point) ?? null) : null;
      }),
    ),
  };
}
