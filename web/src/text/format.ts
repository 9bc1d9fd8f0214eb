import type { Language } from './texts';

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Whose clock times are written by: the reader's, or that of servers. */
export const zones = ['local', 'utc'] as const;
export type Zone = (typeof zones)[number];

/** How numbers, times and amounts are written in a language. */
export function formats(language: Language, zone: Zone = 'local') {
  const timeZone = zone === 'utc' ? 'UTC' : undefined;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long', timeZone });
  const clock = new Intl.DateTimeFormat(language, { timeStyle: 'medium', timeZone });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone });
  return {
    number: (n: number) => number.format(n),
    /** A share between 0 and 1. */
    percent: (share: number, digits = 0) => `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(share * 100)} %`,
    /** "3 min. ago", "in 2 hr."; what is less than a second away is now. */
    relative: (at: number, now: number) => {
      const seconds = Math.round((at - now) / 1000);
      const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
      return relative.format(Math.trunc(seconds / size), unit);
    },
    exact: (at: Date | number | string) => exact.format(new Date(at)),
    clock: (at: Date | number | string) => clock.format(new Date(at)),
    day: (at: Date | number | string) => day.format(new Date(at)),
    /** Milliseconds: "4m 23s", "1.2s", "85ms". */
    duration: (ms: number) => {
      if (ms < 1000) return `${Math.round(ms)}ms`;
      if (ms < 10_000) return `${number.format(ms / 1000)}s`;
      const s = Math.round(ms / 1000);
      if (s < 60) return `${s}s`;
      if (s < 3600) return `${Math.floor(s / 60)}m ${s % 60}s`;
      if (s < 86_400) return `${Math.floor(s / 3600)}h ${Math.floor((s % 3600) / 60)}m`;
      return `${Math.floor(s / 86_400)}d ${Math.floor((s % 86_400) / 3600)}h`;
    },
    /** Bytes in the powers of two that memory is sold in: "1.5 GiB". */
    bytes: (n: number) => {
      const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
      const power = n < 1 ? 0 : Math.min(names.length - 1, Math.floor(Math.log2(n) / 10));
      return `${number.format(n / 1024 ** power)} ${names[power] ?? ''}`;
    },
  };
}

export type Formats = ReturnType<typeof formats>;
