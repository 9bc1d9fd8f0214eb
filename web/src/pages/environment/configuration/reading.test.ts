import { describe, expect, it } from 'vitest';
import { read } from './read';
import { conflictsOf, patchOf, rebased } from './sections';
import { write } from './write';

const sections = {
  general: { displayName: 'Staging: "the" one', timezone: 'Europe/Berlin', debugMode: true, labels: { 'a.b': 'x', no: 'no', '1': '1.0', empty: '' } },
  integrations: [{ name: 'payment', retries: 3, settings: { deep: [1, [2, 'three'], {}] } }, { name: 'two\nlines' }],
  features: { flags: { 'dark-mode': { enabled: false, rollout: { percent: 2.5 } } } },
  backup: { retention: {}, schedule: '0 3 * * *' },
};

describe.each(['json', 'yaml'] as const)('%s', (language) => {
  it('reads what it wrote', () => {
    const got = read(write(sections, language), language);
    expect(got).toHaveProperty('value', sections);
  });
  it('knows where a path stands', () => {
    const text = write(sections, language);
    const got = read(text, language);
    if (!('places' in got)) throw new Error(got.wrong);
    const place = got.places.get('features.flags.dark-mode.enabled') ?? -1;
    expect(text.slice(place).replace('"', '')).toMatch(/^enabled/);
    expect(got.places.has('integrations[1].name')).toBe(true);
  });
});

describe('YAML', () => {
  it('reads what people write', () => {
    expect(read("# a comment\na: {b: [1, two, 'it''s'], c: ~}\nd:\n  - e: yes\n    f: 0.5\ntext: |\n  one\n   two\nfolded: >-\n  one\n  two\n", 'yaml')).toHaveProperty('value', {
      a: { b: [1, 'two', "it's"], c: null },
      d: [{ e: 'yes', f: 0.5 }],
      text: 'one\n two\n',
      folded: 'one two',
    });
  });
  it.each([
    ['a: &x 1\nb: *x\n', 'anchors'],
    ['a: 1\na: 2\n', 'twice'],
    ['a: [1, 2\nb: 3\n', 'syntax'],
  ])('refuses %j', (text, why) => {
    expect(read(text, 'yaml')).toHaveProperty('wrong', why);
  });
});

describe('three sides', () => {
  const base = { general: { region: 'a', locale: 'de', labels: { x: '1' } } };
  const theirs = { general: { region: 'b', locale: 'de', labels: { x: '1' } }, logging: { level: 'warn' } };
  it('keeps both where they changed different things', () => {
    const mine = { general: { region: 'a', locale: 'en' } };
    expect(conflictsOf(base, theirs, mine)).toEqual([]);
    expect(rebased(base, theirs, mine)).toEqual({ general: { region: 'b', locale: 'en' }, logging: { level: 'warn' } });
  });
  it('is a conflict where both changed the same, and none where both say the same', () => {
    expect(conflictsOf(base, theirs, { general: { ...base.general, region: 'c' } })).toEqual([{ path: ['general', 'region'], was: 'a', theirs: 'b', mine: 'c' }]);
    expect(conflictsOf(base, theirs, { general: { ...base.general, region: 'b' } })).toEqual([]);
    expect(conflictsOf(base, theirs, {})).toHaveLength(1);
  });
  it('makes the smallest patch', () => {
    expect(patchOf(base, { general: { region: 'a', labels: { x: '2' } }, backup: { enabled: true } })).toEqual({ general: { locale: null, labels: { x: '2' } }, backup: { enabled: true } });
  });
});
