import { expect, test } from 'vitest';
import { releases } from '~/tests/sunday';
import { promotableFrom } from './promotable';

const pipeline = ['development', 'staging', 'production'];
const of = (...names: string[]) => ({ ...releases[0], runsIn: names.map((environment) => ({ environment, environmentId: environment })) }) as (typeof releases)[number];

test('a release goes on from the last stage that it runs in', () => {
  expect(promotableFrom(of('development'), pipeline)).toBe('development');
  expect(promotableFrom(of('development', 'staging'), pipeline)).toBe('staging');
  expect(promotableFrom(of('development', 'staging', 'production'), pipeline)).toBeUndefined();
  expect(promotableFrom(of('standby'), pipeline)).toBeUndefined();
});
