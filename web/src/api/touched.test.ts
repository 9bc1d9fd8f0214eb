import { expect, it } from 'vitest';
import { key, type Key } from './keys';
import type { Event } from './live';
import { touches } from './touched';

const names: Partial<Record<string, string>> = { e1: 'production', e2: 'staging' };

function touched(event: Partial<Event> & { type: string }, query: Key): boolean {
  return touches({ seq: 1, at: '', ...event }, (id) => names[id])(query);
}

it('makes old what an event is about, by name and by ID', () => {
  const event = { type: 'health.changed', environmentId: 'e1' };
  expect(touched(event, key('health', { environment: 'production' }))).toBe(true);
  expect(touched(event, key('health', { environment: 'e1' }))).toBe(true);
  expect(touched(event, key('environments', {}))).toBe(true);
});

it('leaves alone what is of another environment, another operation or another noun', () => {
  expect(touched({ type: 'health.changed', environmentId: 'e1' }, key('health', { environment: 'staging' }))).toBe(false);
  expect(touched({ type: 'step.started', operationId: 'o1' }, key('deployment', { operation: 'o2' }))).toBe(false);
  expect(touched({ type: 'health.changed', environmentId: 'e1' }, key('releases', {}))).toBe(false);
});

it('asks again where it does not know the environment by its ID', () => {
  expect(touched({ type: 'health.changed', environmentId: 'new' }, key('health', { environment: 'staging' }))).toBe(true);
});

it('lets a switch touch both of its environments', () => {
  expect(touched({ type: 'environment.current_changed', environmentId: 'e1' }, key('status', { environment: 'staging' }))).toBe(true);
});
