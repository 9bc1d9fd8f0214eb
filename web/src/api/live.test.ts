import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepSessionKey } from './key';
import { listen, type Connection, type Event } from './live';

interface Call {
  headers: Headers;
  send: (text: string) => void;
  end: () => void;
}

let calls: Call[];
let answers: (Response | Error)[];

beforeEach(() => {
  vi.useFakeTimers();
  calls = [];
  answers = [];
  vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
    const next = answers.shift();
    if (next instanceof Error) return Promise.reject(next);
    if (next) return Promise.resolve(next);
    let controller: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start(c) {
        controller = c;
        init.signal?.addEventListener('abort', () => c.error(new Error('aborted')));
      },
    });
    const encoder = new TextEncoder();
    calls.push({ headers: new Headers(init.headers), send: (text) => controller.enqueue(encoder.encode(text)), end: () => controller.close() });
    return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }));
  });
});
afterEach(() => {
  vi.useRealTimers();
});

function follow() {
  const events: Event[] = [];
  const connections: Connection[] = [];
  const holes = vi.fn();
  const signedOut = vi.fn();
  const stop = listen('http://localhost/api/system/events', {
    onEvent: (event) => events.push(event),
    onHole: holes,
    onConnection: (connection) => connections.push(connection),
    onSignedOut: signedOut,
  });
  return { events, connections, holes, signedOut, stop };
}

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

function refusal(code: string, status: number): Response {
  return Response.json({ type: '', title: '', status, detail: 'no', code }, { status });
}

it('resumes where it broke, in the session, and loses nothing', async () => {
  keepSessionKey('half');
  const { events, connections, holes, stop } = follow();
  await settle();
  calls[0]?.send('id: 7\nevent: step.started\ndata: {"seq":7,"at":"","type":"step.started"}\n\n');
  await settle();
  calls[0]?.end();
  await settle(600);
  expect(calls).toHaveLength(2);
  expect(calls[0]?.headers.get('Last-Event-ID')).toBeNull();
  expect(calls[1]?.headers.get('Last-Event-ID')).toBe('7');
  expect(calls[1]?.headers.get('X-Lockstep-Session')).toBe('half');
  expect(events.map(({ seq }) => seq)).toEqual([7]);
  expect(holes).toHaveBeenCalledTimes(1); // at the beginning only
  expect(connections).toEqual(['connecting', 'live', 'reconnecting', 'live']);
  stop();
});

it('begins anew where the server no longer keeps what was missed, and says that there is a hole', async () => {
  const { holes, stop } = follow();
  await settle();
  calls[0]?.send('id: 7\n\n');
  await settle();
  answers = [refusal('gone', 410)];
  calls[0]?.end();
  await settle(600);
  expect(calls[1]?.headers.get('Last-Event-ID')).toBeNull();
  expect(holes).toHaveBeenCalledTimes(2);
  stop();
});

it('waits longer and longer, says that the server is away, and comes back at once when online again', async () => {
  answers = Array.from({ length: 50 }, () => new Error('refused'));
  const { connections, stop } = follow();
  await settle(10_000);
  const early = 50 - answers.length;
  await settle(10_000);
  expect(50 - answers.length - early).toBeLessThan(early);
  expect(connections.at(-1)).toBe('away');
  answers = [];
  window.dispatchEvent(new globalThis.Event('online'));
  await settle();
  expect(connections.at(-1)).toBe('live');
  stop();
});

it('takes a connection that falls silent for broken', async () => {
  const { stop } = follow();
  await settle();
  await settle(42_000);
  expect(calls.length).toBeGreaterThan(1);
  stop();
});

it('stops, and says so, where the session is over', async () => {
  answers = [refusal('unauthenticated', 401)];
  const { signedOut, stop } = follow();
  await settle(60_000);
  expect(signedOut).toHaveBeenCalledTimes(1);
  expect(calls).toHaveLength(0);
  stop();
});

it('lets go of the connection when it is stopped', async () => {
  const { stop } = follow();
  await settle();
  stop();
  await settle(60_000);
  expect(calls).toHaveLength(1);
});
