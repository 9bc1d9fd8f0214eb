import type { Schema } from '~/api/client';
import { sessionHeaders } from '~/api/key';
import { Problem, problemOf, unreachable } from '~/api/problem';
import { messages } from '~/api/sse';

export type LogLine = Schema<'LogLine'>;

/** So many lines are kept; the oldest go. */
export const most = 10_000;
const together = 100; // ms: lines that come within this are shown at once

export interface LogState {
  lines: readonly LogLine[];
  /** Lines that came while it is paused. */
  waiting: number;
  paused: boolean;
  /** The end was reached: what comes now is written now. */
  caughtUp: boolean;
  connected: boolean;
  /** What was asked for ends in the past, and all of it was read. */
  ended: boolean;
  /** Lines may be missing, because the host keeps no more of them. */
  lostBytes: number;
  problem: Problem | undefined;
}

const empty: LogState = { lines: [], waiting: 0, paused: false, caughtUp: false, connected: false, ended: false, lostBytes: 0, problem: undefined };

/** The lines of one stream: what was written, and what is being written. */
export class LogStore {
  private state = empty;
  private came: LogLine[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private over = false; // the server said that nothing more comes
  private readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly read = () => this.state;

  readonly pause = (paused: boolean) => {
    if (paused === this.state.paused) return;
    this.set({ paused });
    if (!paused) this.show();
  };

  /** Reads until it is stopped, and goes on where it broke. */
  readonly follow = (): (() => void) => {
    const stopped = new AbortController();
    void this.listen(stopped.signal);
    return () => {
      stopped.abort();
      clearTimeout(this.timer);
    };
  };

  private async listen(stopped: AbortSignal): Promise<void> {
    let cursor: string | undefined;
    for (let failures = 0; !stopped.aborted; failures++) {
      try {
        const response = await fetch(this.address, {
          headers: { Accept: 'text/event-stream', ...sessionHeaders(), ...(cursor === undefined ? {} : { 'Last-Event-ID': cursor }) },
          signal: stopped,
        });
        if (!response.ok) throw await problemOf(response);
        this.set({ connected: true, problem: undefined });
        let heard = 0;
        const feed = messages(({ id, event, data }) => {
          heard++;
          failures = 0;
          if (id !== undefined) cursor = id;
          if (event === 'line') this.add(JSON.parse(data) as LogLine);
          else if (event === 'lost') this.set({ lostBytes: this.state.lostBytes + (JSON.parse(data) as { bytes: number }).bytes });
          else if (event === 'end') this.over = true;
          else if (data === '') this.reached();
        });
        const text = response.body?.pipeThrough(new TextDecoderStream()).getReader();
        for (;;) {
          const chunk = await text?.read();
          if (!chunk || chunk.done) break;
          feed(chunk.value);
        }
        this.set({ connected: false });
        if (this.over) {
          this.reached();
          this.set({ ended: true });
          return;
        }
        // It ended without a word, as it does before anything was ever deployed: there is nothing to wait for.
        if (heard === 0) this.reached();
      } catch (error) {
        if (isStopped(stopped)) return;
        const problem = error instanceof Problem ? error : unreachable();
        this.set({ connected: false, problem });
        // What was asked for is wrong: asking again does not mend it.
        if (problem.status >= 400 && problem.status < 500) return;
      }
      await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 500 * 2 ** failures)));
    }
  }

  private add(line: LogLine) {
    // While it is paused the lines that are looked at stay, and what comes later waits, as far as there is room.
    if (this.state.paused && this.state.caughtUp && this.came.length >= most) return;
    this.came.push(line);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.show();
    }, together);
  }

  private reached() {
    if (this.state.caughtUp) return;
    this.show();
    this.set({ caughtUp: true });
  }

  private show() {
    if (this.came.length === 0) return;
    if (this.state.paused && this.state.caughtUp) {
      this.set({ waiting: this.came.length });
      return;
    }
    const all = this.state.lines.concat(this.came);
    this.came = [];
    // A line that is linked to is among the first: those are kept then.
    this.set({ lines: this.state.paused ? all.slice(0, most) : all.slice(-most), waiting: 0 });
  }

  private set(change: Partial<LogState>) {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

// A function, because the compiler does not know that a signal changes while we wait.
function isStopped(signal: AbortSignal): boolean {
  return signal.aborted;
}
