import { expect, it } from 'vitest';
import { en } from '~/text/en';
import { faultOfValue, knownOfName, knownOfRule, missingOf } from './known';

const t = en.dialogs.known;
const name = (text: string) => knownOfName(text, ['staging'], ['current'], t);

it('asks for no name that is unfinished, and says what is wrong with one that can never be', () => {
  for (const unfinished of ['', 'q', 'qa', 'quality-']) expect(name(unfinished)).toEqual({ whole: false });
  for (const never of ['Quality', 'a b', '-qa', 'ä', 'x'.repeat(31)]) expect(name(never)).toEqual({ whole: false, fault: t.name });
  expect(name('staging')).toEqual({ whole: false, fault: t.taken('staging') });
  expect(name('current')).toEqual({ whole: false, fault: t.reserved('current') });
  for (const whole of ['qa1', 'quality', '2-b', 'x'.repeat(30)]) expect(name(whole)).toEqual({ whole: true });
});

it('asks for a rule once it has five fields, or is a word', () => {
  for (const unfinished of ['', '30', '30 2 * *', '@dai']) expect(knownOfRule(unfinished, t)).toEqual({ whole: false });
  for (const never of ['0 2 * * 1 5', 'every night!']) expect(knownOfRule(never, t)).toEqual({ whole: false, fault: t.rule });
  for (const whole of ['30 2 * * 1-5', '*/15 8-18 1,15 JAN-MAR MON', ' @daily ']) expect(knownOfRule(whole, t)).toEqual({ whole: true });
});

it('knows what a template demands', () => {
  const fault = (of: object, value: unknown) => faultOfValue({ key: 'K', sensitive: false, ...of }, value, en.templates.demands, String);
  expect(fault({ type: 'number' }, 'ten')).toBe(en.templates.demands.number);
  expect(fault({ type: 'number', validation: { min: 3 } }, '2')).toBe('at least 3');
  expect(fault({ type: 'number', validation: { min: 3 } }, 3)).toBeUndefined();
  expect(fault({ type: 'string', validation: { minLength: 8 } }, 'short')).toBe('8 characters or more');
  expect(fault({ type: 'string', validation: { minLength: 8 } }, '')).toBeUndefined();
  const variables = [{ key: 'A', required: true, defaultValue: 'x' }, { key: 'B', required: true }, { key: 'C' }] as never;
  expect(missingOf(variables, { A: '' })).toBe('B');
  expect(missingOf(variables, { B: 'b' })).toBeUndefined();
});
