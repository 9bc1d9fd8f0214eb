import createClient, { type Middleware } from 'openapi-fetch';
import { sessionHeaders } from './key';
import { problemOf, unreachable } from './problem';
import type { components, paths } from './schema';

/** The API's nouns: Schema<'Environment'>. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

const inSession: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(sessionHeaders())) request.headers.set(name, value);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await problemOf(response);
  },
};

/** The server's API, typed by its OpenAPI document. Everything that is not a success is thrown as a Problem. */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  fetch: async (request) => {
    try {
      return await globalThis.fetch(request);
    } catch (error) {
      if (request.signal.aborted) throw error;
      throw unreachable();
    }
  },
});
api.use(inSession);

interface Answered<T> {
  data?: T;
  response: Response;
}

/** What was answered: `await answer(api.GET('/api/system/info'))`. */
export async function answer<T>(request: Promise<Answered<T>>): Promise<T> {
  const { data } = await request;
  return data as T; // a problem was thrown before; an answer without a body is undefined, and typed so
}

/** What was answered, with the ETag that a change of it has to name. */
export async function tagged<T>(request: Promise<Answered<T>>): Promise<{ value: T; etag: string }> {
  const { data, response } = await request;
  return { value: data as T, etag: response.headers.get('ETag') ?? '' };
}

/** Headers of a change that must meet what was read: the server answers 412 "stale" where somebody was faster. */
export function ifMatch(etag: string): { 'If-Match': string } {
  return { 'If-Match': etag };
}

/** Headers of a change that is done once, however often it is sent. Made once for each intention, not for each try. */
export function once(key: string = randomKey()): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': key };
}

/** 128 random bits. crypto.randomUUID is not there over plain HTTP from another machine. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A list of the API that may be absent, as one that is there. */
export function list<T>(items: readonly T[] | null | undefined): readonly T[] {
  return items ?? [];
}

interface Page<T> {
  items: readonly T[] | null;
  nextCursor: string;
}

/** All pages of a list, up to `most` items. */
export async function everyPage<T>(page: (cursor: string | undefined) => Promise<Page<T>>, most = 2000): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor);
    all.push(...list(next.items));
    cursor = next.nextCursor === '' ? undefined : next.nextCursor;
  } while (cursor !== undefined && all.length < most);
  return all;
}
