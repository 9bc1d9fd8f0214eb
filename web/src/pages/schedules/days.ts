import type { Zone } from '~/text/format';

// Days of a calendar are written as 2026-11-22, whatever the time zone; a moment belongs to the day that the reader's
// chosen clock shows.

const dayMs = 86_400_000;

/** The day on which a moment falls. */
export function dayOf(at: Date, zone: Zone): string {
  if (zone === 'utc') return at.toISOString().slice(0, 10);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

export function plusDays(day: string, n: number): string {
  return new Date(Date.parse(day) + n * dayMs).toISOString().slice(0, 10);
}

export function plusMonths(day: string, n: number): string {
  const at = new Date(Date.parse(day));
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + n, 1)).toISOString().slice(0, 10);
}

/** The Monday on or before a day. */
export function monday(day: string): string {
  return plusDays(day, -((new Date(Date.parse(day)).getUTCDay() + 6) % 7));
}

/** The days of the week that a day is in. */
export function week(day: string): string[] {
  const first = monday(day);
  return Array.from({ length: 7 }, (_, i) => plusDays(first, i));
}

/** The days that a month's page of a calendar shows: whole weeks. */
export function month(day: string): string[] {
  const first = monday(`${day.slice(0, 8)}01`);
  const after = plusMonths(day, 1);
  const weeks = Math.ceil((Date.parse(after) - Date.parse(first)) / (7 * dayMs));
  return Array.from({ length: weeks * 7 }, (_, i) => plusDays(first, i));
}
