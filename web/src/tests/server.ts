import { vi } from 'vitest';

type Reply = object | string | number | null;

export interface Asked {
  method: string;
  /** With its query: "/api/system/environments?limit=200". */
  path: string;
  body: unknown;
  headers: Headers;
}

/**
 * A server that answers by a table: `{'GET /api/system/info': {...}}`. A function gets what was asked; a Response is
 * sent as it is. The longest key that fits is taken; a query is part of the key only where it is given. Returns what
 * was asked of it. What it has no answer to is a problem not_found, as the real one says.
 */
export function serve(table: Record<string, Reply | ((asked: Asked) => Reply)>): Asked[] {
  const log: Asked[] = [];
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input instanceof Request ? input : new URL(String(input), window.location.origin), init);
    const url = new URL(request.url);
    const text = await request.text();
    const asked: Asked = {
      method: request.method,
      path: url.pathname + url.search,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
      headers: request.headers,
    };
    log.push(asked);
    const key = [`${asked.method} ${asked.path}`, `${asked.method} ${url.pathname}`].find((k) => k in table);
    if (key === undefined) return problem('not_found', 404, `the test has no answer to ${asked.method} ${asked.path}`);
    const reply = table[key];
    const said: unknown = typeof reply === 'function' ? await (reply as (asked: Asked) => unknown)(asked) : reply;
    return said instanceof Response ? said : Response.json(said);
  });
  return log;
}

/** A refusal, as the server writes it. */
export function problem(code: string, status: number, detail: string, more: object = {}): Response {
  return Response.json({ type: 'about:blank', title: code, status, detail, code, ...more }, { status, headers: { 'Content-Type': 'application/problem+json' } });
}
