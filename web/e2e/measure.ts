import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { call } from './world';

// How the dashboard's speed is measured, in the browser itself: see dashboard.bench.ts.

/** Something to be seen: an element that a selector finds, with a text in it where one is asked for. */
export interface Sight {
  see: string;
  text?: string;
  /** Not to be seen any more. */
  gone?: boolean;
}

interface Probe {
  /** Interactions whose effect took 16 ms or longer, as the browser measured them: id and duration. */
  slow: { id: number; ms: number }[];
  longTasks: number[];
  frames: number[];
  /** When the last click or key came. */
  input: number;
}

declare global {
  var probe: Probe;
}

/** Has every page that is opened from now on watch itself. */
export async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const probe: Probe = { slow: [], longTasks: [], frames: [], input: 0 };
    globalThis.probe = probe;
    new PerformanceObserver((list) => {
      for (const { duration, ...entry } of list.getEntries().map((each) => each.toJSON() as { duration: number; interactionId?: number })) {
        if (entry.interactionId) probe.slow.push({ id: entry.interactionId, ms: duration });
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
    new PerformanceObserver((list) => probe.longTasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
    for (const type of ['pointerdown', 'keydown'] as const) addEventListener(type, ({ timeStamp }) => (probe.input = timeStamp), { capture: true, passive: true });
  });
}

/** Waits for the first frame that shows it; the page's clock then. */
export async function seen(page: Page, sight: Sight): Promise<number> {
  const at = await page.waitForFunction(
    ({ see, text, gone = false }) => {
      const there = [...document.querySelectorAll(see)].some((each) => each.checkVisibility() && (text === undefined || new RegExp(text).test(each.textContent)));
      return there !== gone ? performance.now() : false;
    },
    sight,
    { polling: 'raf' },
  );
  return Number(await at.jsonValue());
}

/** What came of each interaction, by its name. */
export class Interactions {
  private readonly of = new Map<string, { latency: number[]; there: number[]; busy: number[] }>();
  private session: Promise<CDPSession> | undefined;

  /**
   * Does something of so many clicks and keys, and waits until its effect is there. The browser tells of what took 16 ms
   * or longer; what it is silent about counts as 16.
   */
  async measure(page: Page, name: string, inputs: number, act: () => Promise<void>, effect: Sight): Promise<void> {
    await page.evaluate(() => void (probe.slow = []));
    const before = await this.busy(page);
    await act();
    const at = await seen(page, effect);
    const there = at - (await page.evaluate(() => probe.input));
    await calm(page);
    const byInteraction = new Map<number, number>();
    for (const { id, ms } of await page.evaluate(() => probe.slow)) byInteraction.set(id, Math.max(ms, byInteraction.get(id) ?? 0));
    const latency = [...byInteraction.values()];
    while (latency.length < inputs) latency.push(16);
    const busy = ((await this.busy(page)) - before) / inputs;
    const known = this.of.get(name) ?? { latency: [], there: [], busy: [] };
    this.of.set(name, { latency: [...known.latency, ...latency], there: [...known.there, there], busy: [...known.busy, busy] });
  }

  /** The processor's time that the page's main thread has taken so far, in ms: what else the machine does is not in it. */
  private async busy(page: Page): Promise<number> {
    this.session ??= page.context().newCDPSession(page).then(async (session) => {
      await session.send('Performance.enable', { timeDomain: 'threadTicks' });
      return session;
    });
    const { metrics } = await (await this.session).send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN);
  }

  table(title: string): Table {
    const rows = [...this.of].map(([name, { latency, there, busy }]) => [name, String(latency.length), ...[0, 0.5, 0.95, 1].map((q) => ms(quantile(latency, q))), ms(quantile(there, 0.5)), ms(quantile(busy, 0.5))]);
    return { title, columns: ['', 'n', 'best', 'p50', 'p95', 'max', 'there p50', 'processor p50'], rows };
  }
}

/** Waits until what was measured has been told: frames pass, and the observers have their turn. */
async function calm(page: Page) {
  await page.evaluate(async () => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve, 120));
  });
}

export interface Scrolling {
  frames: number[];
  longTasks: number[];
  elements: number;
  heap: number;
}

/** Turns the wheel over an element, so many px at so many a second, and looks at each frame. */
export async function scroll(page: Page, over: string, distance: number, speed: number): Promise<Scrolling> {
  const box = await page.locator(over).first().boundingBox();
  const screen = page.viewportSize();
  if (!box || !screen) throw new Error(`${over} is not to be seen`);
  const session = await page.context().newCDPSession(page);
  await page.evaluate(() => {
    Object.assign(probe, { frames: [], longTasks: [] });
    let last: number | undefined;
    const frames = probe.frames;
    const frame = (at: number) => {
      if (last !== undefined) frames.push(at - last);
      last = at;
      if (probe.frames === frames) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  await session.send('Input.synthesizeScrollGesture', {
    x: box.x + box.width / 2,
    y: (Math.max(0, box.y) + Math.min(box.y + box.height, screen.height)) / 2,
    yDistance: -distance,
    speed,
    gestureSourceType: 'mouse',
    preventFling: true,
  });
  const told = await page.evaluate(() => {
    const { frames, longTasks } = probe;
    probe.frames = [];
    return { frames, longTasks, elements: document.getElementsByTagName('*').length };
  });
  const heap = await heapOf(session);
  await session.detach();
  return { ...told, heap };
}

/** What scripts hold, after what is not needed was thrown away. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize;
}

/** Changes environments, one after the other, so many times a second; each change is an event. Stops and says how many a second there were. */
export function burst(environments: readonly string[], perSecond: number): () => Promise<number> {
  const began = performance.now();
  let [asked, done] = [0, 0];
  const under = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const due = ((performance.now() - began) / 1000) * perSecond;
    while (asked < due && under.size < 32) {
      const name = environments[asked % environments.length] ?? '';
      const one = call('POST', `/api/system/environments/${name}/tags`, { set: { seen: String(asked++) } }).then(() => { done++; });
      under.add(one);
      void one.finally(() => under.delete(one));
    }
  }, 20);
  return async () => {
    clearInterval(timer);
    const rate = done / ((performance.now() - began) / 1000);
    await Promise.all(under);
    return rate;
  };
}

/** Runs a part, and writes what the processor did in it where profiles are wanted. */
export async function profiled(page: Page, name: string, part: () => Promise<void>): Promise<void> {
  const folder = process.env.LOCKSTEP_PROFILES ?? '';
  if (folder === '') return part();
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.start');
  await part();
  const { profile } = await session.send('Profiler.stop');
  await session.detach();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.cpuprofile`), JSON.stringify(profile));
}

export interface Table {
  title: string;
  columns: string[];
  rows: string[][];
}

const tables: Table[] = [];

/** Adds a table to what bench/dashboard prints. */
export function tell(table: Table): void {
  tables.push(table);
  writeFileSync(process.env.LOCKSTEP_FIGURES ?? '', JSON.stringify(tables));
}

export function quantile(all: readonly number[], q: number): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

export const ms = (n: number) => `${n.toFixed(0)} ms`;
export const kilobytes = (n: number) => `${(n / 1000).toFixed(1)} KB`;
export const megabytes = (n: number) => `${(n / 1e6).toFixed(1)} MB`;
