import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { tokenOf, world, type Where, type Who } from './world';

export { expect };

interface Options {
  /** Who goes; nobody is signed in where it is not said. */
  as?: Who;
  /** To which server. */
  where?: Where;
  /** What the browser may complain about, because the journey is about it: a refusal, a server that is away. */
  may?: readonly RegExp[];
}

export interface Journey {
  page: Page;
  /** Another person with a browser of their own, at the overview; watched as closely. */
  person: (who: Who | undefined, more?: BrowserContextOptions) => Promise<Page>;
}

// One connection for all files that this worker runs; it ends with the browser.
let connected: Promise<Browser> | undefined;
const browser = () => (connected ??= chromium.connect(inject('browser')));

/**
 * A person's way through the dashboard. It fails by itself on whatever the browser complains about: an error in the
 * console, a violation of the policy, a request to another host.
 */
export function journey(title: string, { as, where = 'main', may = [] }: Options, go: (journey: Journey) => Promise<void>): void {
  test(title, async () => {
    const people = gather(where);
    try {
      await people.go(as, may, go);
    } finally {
      await people.leave();
    }
  });
}

/** One part of a story. */
interface Part extends Pick<Options, 'may'> {
  title: string;
  go: (journey: Journey) => Promise<void>;
}

/**
 * A way in parts, each a test of its own: one goes on where the one before has ended, in the same browser. Nobody is
 * signed in when it begins. Where one fails, those after it do.
 */
export function story(title: string, parts: readonly Part[]): void {
  describe(title, () => {
    const people = gather('main');
    let failed: string | undefined;
    for (const { title, may = [], go } of parts) {
      test(title, async () => {
        if (failed !== undefined) throw new Error(`It was not come to: before it, "${failed}" failed.`);
        failed = title;
        await people.go(undefined, may, go);
        failed = undefined;
      });
    }
    afterAll(() => people.leave());
  });
}

/** People at a server, each with a browser of their own; the first of them stays the same. */
function gather(where: Where) {
  const contexts: BrowserContext[] = [];
  const complaints: string[] = [];
  let first: Promise<Page> | undefined;
  const person = async (who: Who | undefined, more: BrowserContextOptions = {}) => {
    const context = await (await browser()).newContext({
      baseURL: world[where].server,
      locale: 'en-GB',
      timezoneId: 'UTC',
      viewport: { width: 1280, height: 800 },
      reducedMotion: 'reduce',
      ...(who && { storageState: await signedIn(who, where) }),
      ...more,
    });
    contexts.push(context);
    context.setDefaultTimeout(15_000);
    watch(context, world[where].server, complaints);
    return context.newPage();
  };
  return {
    go: async (as: Who | undefined, may: readonly RegExp[], go: (journey: Journey) => Promise<void>) => {
      try {
        first ??= person(as);
        await go({ page: await first, person });
      } catch (error) {
        throw await withWhatWasSeen(error, contexts, complaints);
      }
      expect(complaints.splice(0).filter((complaint) => !may.some((allowed) => allowed.test(complaint)))).toEqual([]);
    },
    leave: () => Promise.all(contexts.map((context) => context.close())),
  };
}

function watch(context: BrowserContext, home: string, complaints: string[]) {
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => complaints.push(`thrown: ${error.error().stack ?? error.error().message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== home) complaints.push(`a request to another host: ${request.url()}`);
  });
}

async function withWhatWasSeen(error: unknown, contexts: readonly BrowserContext[], complaints: readonly string[]): Promise<Error> {
  const seen: string[] = [];
  for (const page of contexts.flatMap((context) => context.pages()).filter((each) => each.url() !== 'about:blank')) {
    const text = await page.locator('body').innerText({ timeout: 2000 }).catch(() => '(nothing)');
    seen.push(`--- seen at ${page.url()}\n${text.slice(0, 3000)}`);
  }
  const said = complaints.length === 0 ? [] : ['--- the browser complained', ...complaints];
  const told = error instanceof Error ? error : new Error(String(error));
  told.message = [told.message, ...said, ...seen].join('\n');
  return told;
}

type State = Exclude<BrowserContextOptions['storageState'], string | undefined>;
const sessions = new Map<string, Promise<State>>();

/** What a browser keeps of somebody who has signed in; one session each for all journeys of a file. */
function signedIn(who: Who, where: Where): Promise<State> {
  const name = `${who} ${where}`;
  const state = sessions.get(name) ?? begin(tokenOf(who, where), world[where].server);
  sessions.set(name, state);
  return state;
}

async function begin(token: string, server: string): Promise<State> {
  const response = await fetch(`${server}/api/system/session`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ token }) });
  const { key } = (await response.json()) as { key: string };
  const [pair = ''] = (response.headers.get('Set-Cookie') ?? '').split(';');
  const at = pair.indexOf('=');
  return {
    cookies: [
      { name: pair.slice(0, at), value: pair.slice(at + 1), domain: new URL(server).hostname, path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Strict' },
    ],
    origins: [{ origin: server, localStorage: [{ name: 'lockstep.session', value: key }] }],
  };
}
