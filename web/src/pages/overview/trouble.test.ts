import { expect, it } from 'vitest';
import type { Card, Overview } from '~/api/queries/overview';
import { arrange } from './arrange';
import { overviewFixture } from './overview.fixture';
import { troubles } from './trouble';

const changed = (name: string, change: Partial<Card>): Overview => ({
  ...overviewFixture,
  environments: overviewFixture.environments.map((card) => (card.name === name ? { ...card, ...change } : card)),
});
const names = (overview: Overview) => troubles(overview).map((trouble) => ('card' in trouble ? `${trouble.kind} ${trouble.card.name}` : trouble.kind));

it('puts first what users feel', () => {
  const unwell = changed('production', { health: { status: 'warning', score: 90, ready: 3, desired: 4 } });
  expect(names({ ...unwell, unknown: 'connection refused', live: { ...unwell.live, adrift: true } })).toEqual([
    'adrift',
    'unknown',
    'unwell production',
    'unwell quality',
    'unwell staging',
    'last standby',
  ]);
});

it('counts requests that fail, not those that hardly ever come', () => {
  expect(names(changed('production', { requestsPerSecond: 10, errorsPerSecond: 0.5 }))[0]).toBe('unwell production');
  expect(names(changed('production', { requestsPerSecond: 10, errorsPerSecond: 0.01 }))).not.toContain('unwell production');
});

it('has nothing to say of what is well, or archived', () => {
  const well: Overview = { ...overviewFixture, environments: overviewFixture.environments.map((card) => ({ ...card, status: 'archived' })) };
  expect(troubles(well)).toEqual([]);
});

it('puts stages in the order of the pipeline, and the rest by what it is for, the unwell first', () => {
  const { pipeline, groups } = arrange(overviewFixture.environments, ['staging', 'production']);
  expect(pipeline.map(({ name }) => name)).toEqual(['staging', 'production']);
  expect(groups.map(({ group, cards }) => [group, cards.map(({ name }) => name)])).toEqual([
    ['standby', ['dr-west', 'standby']],
    ['other', ['quality']],
  ]);
  expect(arrange(changed('standby', { alerts: 1 }).environments, ['staging', 'production']).groups[0]?.cards[0]?.name).toBe('standby');
});
