import { expect, test } from 'vitest';
import { momentOf, wallOf } from './zone';

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

test('a time on the wall is a moment in its zone', () => {
  expect(iso(momentOf('2026-11-23T02:00', 'Asia/Jakarta'))).toBe('2026-11-22T19:00:00.000Z');
  expect(iso(momentOf('2026-07-01T02:30', 'Europe/Berlin'))).toBe('2026-07-01T00:30:00.000Z');
  expect(wallOf(Date.parse('2026-11-22T19:00:00Z'), 'Asia/Jakarta')).toBe('2026-11-23T02:00');
});

test('a time that the clock is put forward over is none', () => {
  expect(momentOf('2026-03-29T02:30', 'Europe/Berlin')).toBeUndefined();
  expect(iso(momentOf('2026-03-29T03:00', 'Europe/Berlin'))).toBe('2026-03-29T01:00:00.000Z');
});

test('of a time that comes twice the first is meant', () => {
  expect(iso(momentOf('2026-10-25T02:30', 'Europe/Berlin'))).toBe('2026-10-25T00:30:00.000Z');
  expect(iso(momentOf('2026-11-01T01:30', 'America/New_York'))).toBe('2026-11-01T05:30:00.000Z');
});
