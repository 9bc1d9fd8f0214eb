import { sessionHeaders } from './key';
import { problemOf, type Problem } from './problem';
import type { Schema } from './client';
import { messages } from './sse';

export type Event = Schema<'Event'>;

/** live: what is shown is true now. reconnecting: it was a moment ago. away: nobody answers, and has not for a while. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'away';

interface Listener {
  onEvent: (event: Event) => void;
  /** The stream begins, or goes on after a hole in it: whatever is known may be old. */
  onHole: () => void;
  onConnection: (connection: Connection) => void;
  onSignedOut: () => void;
}

const silence = 40_000; // two heartbeats of 15 s are missing: the connection is dead and does not know it
const firstPause = 500;
const longestPause = 15_000;
const awayAfter = 3; // failures

/**
 * Reads the server's events until it is stopped: one connection, resumed where it broke. It is fetch and not
 * EventSource, because a session is a cookie and a header, and EventSource sends no headers.
 */
export function listen(address: string, listener: Listener): () => void {
  const stopped = new AbortController();
  void follow(address, listener, stopped.signal);
  return () => stopped.abort();
}

async function follow(address: string, listener: Listener, stopped: AbortSignal): Promise<void> {
  let last: string | undefined;
  let failures = 0;
  listener.onConnection('connecting');
  while (!stopped.aborted) {
    const problem = await connect(address, last, stopped, {
      onOpen: () => {
        failures = 0;
        if (last === undefined) listener.onHole();
        listener.onConnection('live');
      },
      onMessage: (id, event) => {
        if (id !== undefined) last = id;
        if (event) listener.onEvent(event);
      },
    });
    if (isStopped(stopped)) return;
    if (problem?.code === 'unauthenticated') {
      listener.onSignedOut();
      return;
    }
    if (problem?.code === 'gone') {
      last = undefined; // what we missed is no longer kept
      continue;
    }
    failures++;
    listener.onConnection(failures >= awayAfter || !navigator.onLine ? 'away' : 'reconnecting');
    await pause(failures, stopped);
  }
}

// A function, because the compiler does not know that a signal changes while we wait.
function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}

interface Reader {
  onOpen: () => void;
  onMessage: (id: string | undefined, event: Event | undefined) => void;
}

/** Reads one connection to its end. What it returns is why the server would not have it, if it said so. */
async function connect(address: string, last: string | undefined, stopped: AbortSignal, reader: Reader): Promise<Problem | undefined> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), silence);
  try {
    const response = await fetch(address, {
      headers: { Accept: 'text/event-stream', ...sessionHeaders(), ...(last === undefined ? {} : { 'Last-Event-ID': last }) },
      signal: AbortSignal.any([stopped, silent.signal]),
    });
    if (!response.ok) return await problemOf(response);
    if (!response.body) return undefined;
    reader.onOpen();
    const feed = messages(({ id, data }) => reader.onMessage(id, data === '' ? undefined : (JSON.parse(data) as Event)));
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await text.read();
      if (done) return undefined;
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), silence);
      feed(value);
    }
  } catch {
    return undefined; // cut off, silent or stopped: the caller knows what to do
  } finally {
    clearTimeout(timer);
  }
}

/** Waits longer after each failure, by chance within the bound so that not all come back at once; not when online again. */
function pause(failures: number, stopped: AbortSignal): Promise<void> {
  const most = Math.min(longestPause, firstPause * 2 ** (failures - 1));
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      stopped.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, most / 2 + (Math.random() * most) / 2);
    window.addEventListener('online', done);
    stopped.addEventListener('abort', done);
  });
}
