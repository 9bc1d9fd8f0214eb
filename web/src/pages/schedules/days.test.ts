import { describe, expect, it } from 'vitest';
import { dayOf, month, monday, plusMonths, week } from './days';

describe('a calendar', () => {
  it('has whole weeks, from Monday on', () => {
    const days = month('2026-11-22');
    expect([days[0], days.at(-1), days.length]).toEqual(['2026-10-26', '2026-12-06', 42]);
    expect(month('2027-02-10')).toHaveLength(28); // begins on a Monday and ends on a Sunday
    expect(month('2026-03-31').length % 7).toBe(0);
  });

  it('goes from month to month without leaving one out', () => {
    expect(plusMonths('2026-01-31', 1)).toBe('2026-02-01');
    expect(plusMonths('2026-12-05', 1)).toBe('2027-01-01');
    expect(plusMonths('2026-01-05', -1)).toBe('2025-12-01');
  });

  it('knows the week of a day', () => {
    expect(monday('2026-11-22')).toBe('2026-11-16'); // a Sunday
    expect(monday('2026-11-23')).toBe('2026-11-23');
    expect(week('2026-11-22').at(-1)).toBe('2026-11-22');
  });

  it('puts a moment on the day that the clock shows', () => {
    expect(dayOf(new Date('2026-11-22T23:30:00Z'), 'utc')).toBe('2026-11-22');
    const local = new Date(2026, 10, 22, 0, 30);
    expect(dayOf(local, 'local')).toBe('2026-11-22');
  });
});
