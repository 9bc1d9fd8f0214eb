import { expect, test } from 'vitest';
import type { Event } from '~/api/live';
import { plain, tell } from './told';

const progress = (seq: number, data: Record<string, unknown>): Event => ({ seq, at: '2026-11-22T19:13:20Z', type: 'step.progress', operationId: 'o', data });

test('what a terminal would obey is taken out of what hooks write', () => {
  expect(plain('\u001b[31mred\u001b[0m \u001b]0;title\u0007done\rover\u001b[2J\u202eabc\ttab\r\nnext')).toBe('red doneoverabc\ttab\nnext');
  expect(plain('\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\')).toBe('click');
});

test('each step is told of by its number: the last verdict, all lines', () => {
  const events = [
    progress(1, { seq: 10, message: 'not decided yet', verdict: { outcome: 'insufficient', reason: '16 requests', checks: [{ metric: 'errors', outcome: 'insufficient', message: '0.0% of 16' }] } }),
    progress(2, { seq: 4, lines: ['one', '\u001b[1mtwo'] }),
    progress(3, { seq: 4, lines: ['three'], missing: 7 }),
    progress(4, { seq: 10, verdict: { outcome: 'pass', reason: '0.0% of 174 failed', checks: [] } }),
    progress(5, { seq: 5, ready: 1, desired: 2, instances: [{ id: 'backend-0', state: 'ready' }, { id: 'backend-1', state: 'starting', reason: 'nothing listens yet' }] }),
  ];
  const told = tell(new Map(), events);
  expect(told.get(4)?.lines).toEqual(['one', 'two', 'three']);
  expect(told.get(10)?.verdict).toMatchObject({ outcome: 'pass', reason: '0.0% of 174 failed' });
  expect(told.get(5)?.ready).toEqual({ ready: 1, desired: 2, trouble: 'backend-1: nothing listens yet' });
  expect(tell(tell(new Map(), events.slice(0, 2)), events.slice(2))).toEqual(told); // in any portions
});
