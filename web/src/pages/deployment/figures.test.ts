import { expect, test } from 'vitest';
import { progress } from '~/tests/sunday';
import { besideEachOther, servedMeanwhile, seriesOf, weightsOf } from './figures';

test('each share holds until the next, and the last until a little later', () => {
  const { moments, shares } = weightsOf(progress, false);
  expect(shares.map(({ name, role, values }) => [name, role, values])).toEqual([
    ['1.3.0', 'old', [1, 0.9, 1, 1]],
    ['1.4.0-rc1', 'new', [0, 0.1, 0, 0]],
  ]);
  expect(moments).toHaveLength(4);
  expect((moments[3] ?? 0) - (moments[2] ?? 0)).toBeLessThan(5); // not until the end of the figures
  expect(weightsOf(progress, true).moments[3]).toBe(Date.parse(progress.until) / 1000);
});

test('only requests of the minutes in which it ran are counted as served meanwhile', () => {
  const all = servedMeanwhile(progress, '2026-11-22T19:13:08Z', '2026-11-22T19:13:21Z');
  const minute = progress.revisions.flatMap(({ points }) => points).filter(({ at }) => at === '2026-11-22T19:13:00Z');
  expect(minute.length).toBeGreaterThan(1);
  expect(all.requests).toBe(minute.reduce((sum, { requests }) => sum + requests, 0));
  expect(all.requests).toBeGreaterThan(19);
});

test('a revision that had no share is not beside the two', () => {
  expect(besideEachOther(progress).map(({ version }) => version)).toEqual(['1.4.0-rc1', '1.3.0']);
});

test('where nobody asked nothing is known', () => {
  const { moments, read } = seriesOf(progress.revisions);
  const [newer] = progress.revisions;
  expect(moments).toHaveLength(3);
  expect(newer && read(newer, ({ latency }) => latency.p95).filter((value) => value !== null)).toEqual([82.9435]);
});
