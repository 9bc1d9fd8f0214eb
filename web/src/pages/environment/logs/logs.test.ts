import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pieces, plain } from './ansi';
import { isRange, logCommand, logSearch, streamOf } from './log-search';
import { LogStore, most, type LogLine } from './log-store';
import { clockOf, momentOf, wallOf } from './wall';

const esc = String.fromCharCode(27);

describe('a line', () => {
  it('has the colours that it asks for', () => {
    expect(pieces(`${esc}[1;31mbad${esc}[0m news`)).toEqual([{ text: 'bad', bold: true, color: 'red' }, { text: ' news' }]);
    expect(pieces(`${esc}[92mok${esc}[39m.`)).toEqual([{ text: 'ok', color: 'green' }, { text: '.' }]);
    expect(pieces(`${esc}[38;5;31mx`)).toEqual([{ text: 'x' }]); // 31 is a colour of 256 here, not red
  });

  it('moves nothing: what a terminal would obey is text', () => {
    expect(pieces(`${esc}[2Jgone\rback`)).toEqual([{ text: '␛[2Jgone␍back' }]);
    expect(pieces('a\u202eb<script>')).toEqual([{ text: 'a\\u202eb<script>' }]);
    expect(plain(`${esc}[31mred${esc}[0m`)).toBe('red');
  });
});

describe('the address of the stream', () => {
  it('has both ends of a range, and the command does not follow what is over', () => {
    const search = logSearch({ since: '2026-11-22T11:50:00Z', until: '2026-11-22T12:10:00Z' });
    const asked = new URLSearchParams(streamOf('production', undefined, search).split('?')[1]);
    expect([asked.get('since'), asked.get('until'), asked.get('tail')]).toEqual(['2026-11-22T11:50:00.000Z', '2026-11-22T12:10:00.000Z', null]);
    expect(logCommand('production', undefined, search)).toBe('lockstep logs production --since 2026-11-22T11:50:00.000Z --until 2026-11-22T12:10:00.000Z');
    expect(isRange(search)).toBe(true);
    expect([isRange(logSearch({})), isRange(logSearch({ since: '1h' })), isRange(logSearch({ since: 'long ago', until: 'soon' }))]).toEqual([false, false, false]);
  });

  it('has the filters', () => {
    const search = logSearch({ service: ['backend', 'frontend'], search: 'a b', since: '1h' });
    expect(streamOf('production', undefined, search)).toBe('/api/system/environments/production/logs?follow=true&service=backend&service=frontend&search=a+b&since=1h');
  });

  it('begins shortly before a line that is linked to', () => {
    const at = Date.UTC(2026, 10, 22, 12, 0, 30);
    const search = logSearch({ line: `${at * 1000}.5.backend-0` });
    expect(new URLSearchParams(streamOf('x', 'shop', search).split('?')[1]).get('since')).toBe('2026-11-22T12:00:00.000Z');
  });
});

describe('a clock', () => {
  it('shows a moment, and the moment is found again', () => {
    expect(wallOf('2026-11-22T12:00:05.678Z', 'utc')).toBe('2026-11-22T12:00:05');
    expect(clockOf('2026-11-22T12:00:05.678901Z', 'utc')).toBe('12:00:05.678');
    for (const zone of ['utc', 'local'] as const) expect(momentOf(wallOf('2026-07-01T23:59:59Z', zone), zone)).toBe('2026-07-01T23:59:59.000Z');
    expect(wallOf(undefined, 'utc')).toBe('');
  });

  it('shows no year that is still being written', () => {
    expect(momentOf('0202-11-22T12:00', 'utc')).toBeUndefined();
    expect(momentOf('', 'local')).toBeUndefined();
  });
});

/** A stream that is written by hand. */
function stream() {
  let write: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (controller) => void (write = controller) });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body)));
  return (text: string) => write?.enqueue(new TextEncoder().encode(text));
}

function written(n: number): string {
  const line: LogLine = { at: '2026-11-22T12:00:00Z', service: 's', instance: 's-0', text: `line ${n}`, cursor: `${n}.0.s-0` };
  return `id: ${line.cursor}\nevent: line\ndata: ${JSON.stringify(line)}\n\n`;
}

const upToDate = 'id: 9.0.~\n\n';
const texts = (store: LogStore) => store.read().lines.map(({ text }) => text);

describe('the lines', () => {
  it('wait while it is paused, and come when it goes on', async () => {
    const write = stream();
    const store = new LogStore('/logs');
    const stop = store.follow();
    write(written(1) + upToDate);
    await vi.waitFor(() => expect(texts(store)).toEqual(['line 1']));
    await vi.waitFor(() => expect(store.read().caughtUp).toBe(true));
    store.pause(true);
    write(written(2));
    await vi.waitFor(() => expect(store.read().waiting).toBe(1));
    expect(texts(store)).toEqual(['line 1']);
    store.pause(false);
    expect(texts(store)).toEqual(['line 1', 'line 2']);
    expect(store.read().waiting).toBe(0);
    stop();
  });

  it('are ten thousand at most, the newest', async () => {
    const write = stream();
    const store = new LogStore('/logs');
    const stop = store.follow();
    write(Array.from({ length: most + 5 }, (_, i) => written(i)).join('') + upToDate);
    await vi.waitFor(() => expect(store.read().caughtUp).toBe(true), 5000);
    expect(store.read().lines).toHaveLength(most);
    expect(texts(store).at(-1)).toBe(`line ${most + 4}`);
    stop();
  });

  it('end where what was asked for is past, and nobody asks again', async () => {
    let write: ReadableStreamDefaultController<Uint8Array> | undefined;
    const asked = vi.fn(() => Promise.resolve(new Response(new ReadableStream<Uint8Array>({ start: (controller) => void (write = controller) }))));
    vi.stubGlobal('fetch', asked);
    const store = new LogStore('/logs?until=2026-11-22T12:00:00Z');
    const stop = store.follow();
    await vi.waitFor(() => expect(store.read().connected).toBe(true));
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    write?.enqueue(new TextEncoder().encode(`${written(1)}${upToDate}event: end\ndata: {}\n\n`));
    write?.close();
    await vi.waitFor(() => expect(store.read().ended).toBe(true));
    expect(store.read()).toMatchObject({ connected: false, caughtUp: true });
    expect(texts(store)).toEqual(['line 1']);
    await vi.advanceTimersByTimeAsync(60_000); // longer than it waits before it connects again
    stop();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('do not come again and again where the question is wrong', async () => {
    const asked = vi.fn(() => Promise.resolve(Response.json({ code: 'invalid', detail: 'grep: missing )', status: 400 }, { status: 400 })));
    vi.stubGlobal('fetch', asked);
    const store = new LogStore('/logs?grep=(');
    const stop = store.follow();
    await vi.waitFor(() => expect(store.read().problem?.message).toBe('grep: missing )'));
    stop();
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it('are none where the stream ends without a word, and it is not asked at once again and again', async () => {
    vi.useFakeTimers();
    const asked = vi.fn(() => Promise.resolve(new Response(': log lines\n\n')));
    vi.stubGlobal('fetch', asked);
    const store = new LogStore('/logs');
    const stop = store.follow();
    await vi.waitFor(() => expect(store.read().caughtUp).toBe(true));
    expect(store.read().lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(10_000);
    stop();
    vi.useRealTimers();
    expect(asked.mock.calls.length).toBeLessThan(8); // by 500 ms it would be 20
  });
});
