import { expect, it } from 'vitest';
import { problem, serve } from '~/tests/server';
import { answer, api, everyPage, ifMatch, once, tagged } from './client';
import { keepSessionKey } from './key';
import { Problem } from './problem';

it('sends the half of the session that a cookie is not', async () => {
  keepSessionKey('half');
  const asked = serve({ 'GET /api/system/projects': { items: [], nextCursor: '' } });
  await answer(api.GET('/api/system/projects'));
  expect(asked[0]?.headers.get('X-Lockstep-Session')).toBe('half');
});

it('throws what the server refuses as a problem with its field and a hint', async () => {
  serve({
    'GET /api/system/info': problem('invalid', 422, 'replicas is not a number', {
      problems: [{ field: 'replicas', message: 'not a number', suggestion: '3' }],
    }),
  });
  const error: unknown = await answer(api.GET('/api/system/info')).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Problem);
  expect(error).toMatchObject({ code: 'invalid', status: 422, field: 'replicas', hint: '3', message: 'replicas is not a number' });
});

it('says that nobody answered', async () => {
  serve({
    'GET /api/system/info': () => {
      throw new TypeError('Failed to fetch');
    },
  });
  await expect(answer(api.GET('/api/system/info'))).rejects.toMatchObject({ code: 'offline' });
});

it('makes a problem of what a proxy in between says', async () => {
  serve({ 'GET /api/system/info': new Response('<h1>Bad Gateway</h1>', { status: 502, statusText: 'Bad Gateway' }) });
  await expect(answer(api.GET('/api/system/info'))).rejects.toMatchObject({ code: 'unavailable', status: 502 });
});

it('hands on the tag of what was read', async () => {
  serve({ 'GET /api/system/info': () => Response.json({ version: '1' }, { headers: { ETag: '"3"' } }) });
  const { etag } = await tagged(api.GET('/api/system/info'));
  expect(ifMatch(etag)).toEqual({ 'If-Match': '"3"' });
});

it('names each intention once', () => {
  expect(once()['Idempotency-Key']).toMatch(/^[0-9a-f]{32}$/);
  expect(once()).not.toEqual(once());
  expect(once('mine')).toEqual({ 'Idempotency-Key': 'mine' });
});

it('reads every page of a list', async () => {
  const pages: Record<string, { items: number[]; nextCursor: string }> = { '': { items: [1, 2], nextCursor: 'b' }, b: { items: [3], nextCursor: '' } };
  const all = await everyPage((cursor = '') => Promise.resolve(pages[cursor] ?? { items: [], nextCursor: '' }));
  expect(all).toEqual([1, 2, 3]);
});
