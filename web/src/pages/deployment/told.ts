import type { Event } from '~/api/live';

/** One question of a verdict, and its answer with the figures of both sides. */
export interface Check {
  metric: string;
  route?: string;
  outcome: string;
  message: string;
}

export interface Verdict {
  outcome: 'pass' | 'fail' | 'insufficient';
  reason: string;
  checks: readonly Check[];
  at: string;
}

/** What a step has told while it ran. */
export interface Told {
  /** The last sentence. */
  message?: string;
  /** Of a hook: what it wrote, line by line; the last ones. */
  lines: readonly string[];
  verdict?: Verdict;
  ready?: { ready: number; desired: number; trouble: string };
}

const keptLines = 200;

/** What each step has told, by its number. Pure: the same events tell the same, in any portions. */
export function tell(before: ReadonlyMap<number, Told>, events: readonly Event[]): ReadonlyMap<number, Told> {
  const next = new Map(before);
  for (const event of events) {
    if (event.type !== 'step.progress' || !event.data) continue;
    const seq = event.data.seq;
    if (typeof seq !== 'number') continue;
    next.set(seq, one(next.get(seq) ?? { lines: [] }, event.data, event.at));
  }
  return next;
}

function one(told: Told, data: Record<string, unknown>, at: string): Told {
  const out = { ...told };
  if (typeof data.message === 'string') out.message = plain(data.message);
  if (Array.isArray(data.lines)) {
    const lines = data.lines.filter((line): line is string => typeof line === 'string').map(plain);
    out.lines = [...told.lines, ...lines].slice(-keptLines);
  }
  const verdict = data.verdict as Partial<Verdict> | undefined;
  if (verdict?.outcome && typeof verdict.reason === 'string') {
    out.verdict = { outcome: verdict.outcome, reason: verdict.reason, checks: verdict.checks ?? [], at };
  }
  if (typeof data.ready === 'number' && typeof data.desired === 'number') {
    const instances = Array.isArray(data.instances) ? (data.instances as { id?: string; state?: string; reason?: string }[]) : [];
    const worst = instances.find(({ state }) => state !== 'ready');
    out.ready = { ready: data.ready, desired: data.desired, trouble: worst ? [worst.id, worst.reason ?? worst.state].filter(Boolean).join(': ') : '' };
  }
  return out;
}

// Escape sequences (CSI, OSC and the short ones), then every other control character but tab and line feed.
// eslint-disable-next-line no-control-regex -- these are what is taken out
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// eslint-disable-next-line no-control-regex -- these are what is taken out
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text without what a terminal, or a reader's eye, would be led astray by. */
export function plain(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(sequences, '').replace(controls, '');
}
