import { expect, it } from 'vitest';
import { exported } from '~/dialogs/export/one';
import { commandOf } from '~/dialogs/sync/asked';
import { variables } from '~/tests/configured';
import { bodyOf, drop, nothing, put } from './draft';
import { fits, guess } from './formats';
import { fitting, rowsOf } from './rows';
import { parseSlot, pathOf, slotOf, slotOfPath } from './slot';

it.each(['KEY', 'backend/KEY', 'feature:check.out/KEY'])('knows %s by slot and by path', (slot) => {
  expect(slotOf(parseSlot(slot))).toBe(slot);
  expect(slotOfPath(pathOf(slot))).toBe(slot);
});

it('keeps changes by level, and none that changes nothing', () => {
  const before = variables.variables[0];
  let draft = put(nothing, { level: 'environment', slot: 'A', change: { value: '1' }, before: undefined });
  draft = put(draft, { level: 'project', slot: 'A', change: null, before });
  draft = put(draft, { level: 'environment', slot: 'B', change: {}, before });
  draft = put(draft, { level: 'environment', slot: 'C', change: null, before: undefined });
  expect(bodyOf(draft, 'environment')).toEqual({ A: { value: '1' } });
  expect(bodyOf(draft, 'project')).toEqual({ A: null });
  expect(drop(draft, { level: 'project', slot: 'A' }).size).toBe(1);
});

it('shows what is about to be added, and what runs although it was removed', () => {
  const draft = put(nothing, { level: 'environment', slot: 'backend/NEW', change: { value: '1' }, before: undefined });
  const rows = rowsOf(variables.variables, draft, new Set(['variables.GONE', 'variables.CACHE_SIZE']));
  expect(rows.map(({ slot }) => slot)).toEqual(expect.arrayContaining(['backend/NEW', 'GONE']));
  expect(fitting(rows, { differs: true }).map(({ slot }) => slot)).toEqual(['CACHE_SIZE', 'GONE']);
  expect(fitting(rows, { service: 'frontend' }).map(({ slot }) => slot)).not.toContain('backend/LOG_LEVEL');
});

it('does not look through the values of secrets', () => {
  expect(fitting(rowsOf(variables.variables, nothing, new Set()), { q: 'redacted' })).toEqual([]);
});

it('knows formats by names, and names by patterns', () => {
  expect(guess('.env.local', '')).toBe('dotenv');
  expect(guess('x.yaml', 'apiVersion: v1\nkind: Secret\n')).toBe('secret');
  expect(guess('x.yml', 'A: 1')).toBe('yaml');
  expect(guess('notes.txt', '')).toBeUndefined();
  expect(fits('API_KEY', ['*_KEY'])).toBe(true);
  expect(fits('KEYS', ['*_KEY', 'KEY'])).toBe(false);
});

it('exports what services get alike, and leaves secrets out', () => {
  const config = { config: 1, environment: 'staging', environmentId: 'x', project: 'sunday', runs: true, services: { a: { env: { X: '1', S: '[REDACTED]' }, secrets: ['S'] }, b: { env: { X: '2' } } } };
  expect(exported(config, '', false).differ).toEqual(['X']);
  expect(exported(config, 'a', false)).toEqual({ variables: [{ key: 'X', value: '1' }], secrets: ['S'], differ: [] });
});

it('writes commands that a shell takes', () => {
  expect(commandOf({ source: 'a', target: 'b', type: 'full', include: ['*_URL'], exclude: [], specific: true, apply: false, message: "it's" })).toBe(`lockstep sync a b --include '*_URL' --include-specific --message 'it'\\''s'`);
});
