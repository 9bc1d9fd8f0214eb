import type { Zone } from '~/text/format';

/** What the reader's clock, or that of servers, shows at a moment, to the second: "2026-11-22T12:00:05". */
export function wallOf(at: string | undefined, zone: Zone): string {
  const time = at === undefined ? NaN : Date.parse(at);
  if (Number.isNaN(time)) return '';
  const ahead = zone === 'utc' ? 0 : -new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time + ahead).toISOString().slice(0, 19);
}

/** The moment at which that clock shows a time; undefined where it is none, or a year is still being written. */
export function momentOf(wall: string, zone: Zone): string | undefined {
  const time = Date.parse(zone === 'utc' ? `${wall}Z` : wall);
  return Number.isNaN(time) || new Date(time).getFullYear() < 2000 ? undefined : new Date(time).toISOString();
}

/** Hours to milliseconds: lines are told apart by less than a second. */
export function clockOf(at: string, zone: Zone): string {
  const time = Date.parse(at);
  const ahead = zone === 'utc' ? 0 : -new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time + ahead).toISOString().slice(11, 23);
}
