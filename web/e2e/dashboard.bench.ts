import type { Page } from 'playwright-core';
import { journey } from './fixture';
import { burst, Interactions, kilobytes, megabytes, ms, profiled, quantile, scroll, seen, tell, watch, type Scrolling, type Sight, type Table } from './measure';
import { call } from './world';

// The dashboard's speed, of a project of a thousand environments. Run by bench/dashboard: make bench BENCH=dashboard.

const rounds = Number(process.env.LOCKSTEP_ROUNDS ?? 3);
const events = Number(process.env.LOCKSTEP_EVENTS ?? 200);
const moving = { reducedMotion: 'no-preference' } as const;

const rows = { see: 'main [role=row] [role=cell]' };
const page1 = (title: string): Sight => ({ see: 'main h1', text: `^${title}` });
const pages: { name: string; address: string; sight: Sight; as?: 'admin' }[] = [
  { name: 'overview', address: '/', sight: rows, as: 'admin' },
  { name: 'environments', address: '/environments', sight: rows, as: 'admin' },
  { name: 'environment', address: '/environments/production', sight: { see: 'main', text: 'backend' }, as: 'admin' },
  { name: 'logs', address: '/environments/production/logs?since=1h', sight: { see: '[role=log] [data-index]' }, as: 'admin' },
  { name: 'map', address: '/map', sight: { see: '.react-flow__node' }, as: 'admin' },
  { name: 'activity', address: '/activity', sight: rows, as: 'admin' },
  { name: 'signing in', address: '/sign-in', sight: { see: 'h1' } },
];

journey('first loads', {}, async ({ person }) => {
  const table: Table = { title: 'First load, nothing in the cache (p50 and best of the rounds)', columns: ['', 'script', 'styles', 'first text', 'best', 'its data', 'best'], rows: [] };
  for (const { name, address, sight, as } of pages) {
    const loads: { script: number; style: number; text: number; data: number }[] = [];
    for (let i = 0; i < Math.min(rounds, 7); i++) {
      const page = await person(as);
      await page.goto(address, { waitUntil: 'commit' });
      const data = await seen(page, sight);
      const more = await page.evaluate((until) => {
        const files = performance.getEntriesByType('resource').filter(({ startTime }) => startTime <= until) as PerformanceResourceTiming[];
        const sum = (end: string) => files.filter(({ name }) => new URL(name).pathname.endsWith(end)).reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0);
        return { script: sum('.js'), style: sum('.css'), text: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN };
      }, data);
      loads.push({ ...more, data });
      await page.context().close();
    }
    const of = (what: 'script' | 'style' | 'text' | 'data', q: number) => quantile(loads.map((load) => load[what]), q);
    table.rows.push([name, kilobytes(of('script', 1)), kilobytes(of('style', 1)), ms(of('text', 0.5)), ms(of('text', 0)), ms(of('data', 0.5)), ms(of('data', 0))]);
  }
  tell(table);
});

/** Types into a box that has the focus, as fast as a fast typist does. */
const type = (page: Page, text: string) => page.keyboard.type(text, { delay: 70 });
const press = (page: Page, key: string) => page.keyboard.press(key);

async function palette(page: Page, of: Interactions) {
  const box = '[aria-label="Find or do"]';
  await of.measure(page, 'open the palette', 1, () => press(page, 'Control+k'), { see: `input${box}` });
  await of.measure(page, 'type in the palette', 9, () => type(page, 'testing-0'), { see: '[role=dialog] [role=option], [role=dialog] button', text: '^testing-0' });
  await of.measure(page, 'close the palette', 1, () => press(page, 'Escape'), { see: `input${box}`, gone: true });
}

async function overview(page: Page, of: Interactions) {
  const filter = page.getByRole('searchbox', { name: 'Filter environments' });
  await filter.scrollIntoViewIfNeeded();
  await of.measure(page, 'put the cursor into the filter of the overview', 1, () => filter.click(), { see: 'input[type=search]:focus' });
  await of.measure(page, 'type there', 10, () => type(page, 'testing-04'), { see: 'main h2, main section', text: ' of ' });
  await filter.selectText();
  await of.measure(page, 'empty it', 1, () => press(page, 'Delete'), { see: 'main a', text: '^preview-0001' });
}

async function environments(page: Page, of: Interactions) {
  const box = page.getByRole('textbox', { name: 'Search' });
  const count = '[role=search] [role=status]';
  await box.click();
  await of.measure(page, 'filter the table of environments', 10, () => type(page, 'customer-0'), { see: count, text: '^\\d+ of' });
  await box.selectText();
  await of.measure(page, 'show all again', 1, () => press(page, 'Delete'), { see: count, text: '^[\\d,]+ env' });
  const header = page.getByRole('button', { name: 'Name', exact: true });
  await of.measure(page, 'sort the table', 1, () => header.click(), { see: '[aria-sort=ascending], [aria-sort=descending]' });
}

async function go(page: Page, of: Interactions, to: string, sight: Sight) {
  const link = page.getByRole('navigation', { name: 'Pages' }).filter({ visible: true }).getByRole('link', { name: to, exact: true });
  await of.measure(page, `go to ${to.toLowerCase()}`, 1, () => link.click(), sight);
}

async function scheme(page: Page, of: Interactions) {
  await of.measure(page, "open the account's menu", 1, () => page.getByRole('button', { name: /account/i }).click(), { see: '[role=menu]' });
  for (const [name, value] of [['Dark', 'dark'], ['Light', 'light']] as const) {
    await of.measure(page, 'switch the colours', 1, () => page.getByRole('menu').getByText(name, { exact: true }).click(), { see: `html[data-mantine-color-scheme=${value}] body` });
  }
  await press(page, 'Escape');
  await seen(page, { see: '[role=menu]', gone: true });
}

async function deploy(page: Page, of: Interactions) {
  await of.measure(page, 'open the dialog to deploy', 1, () => page.getByRole('button', { name: 'Deploy', exact: true }).first().click(), { see: '[role=dialog] input' });
  const field = page.getByRole('dialog').getByRole('textbox', { name: 'Environment' }).or(page.getByRole('dialog').getByRole('combobox', { name: 'Environment' })).first();
  await of.measure(page, 'open its list of environments', 1, () => field.click(), { see: '[role=option]' });
  await field.selectText();
  await of.measure(page, 'type in the list', 9, () => type(page, 'customer-'), { see: '[role=option]', text: 'customer-0' });
  await press(page, 'Escape');
  await seen(page, { see: '[role=option]', gone: true });
  await of.measure(page, 'close the dialog', 1, () => press(page, 'Escape'), { see: '[role=dialog]', gone: true });
}

async function tabs(page: Page, of: Interactions) {
  for (const tab of ['Configuration', 'Variables', 'Deployments', 'Health', 'Logs', 'Activity', 'Settings', 'Overview']) {
    const link = page.getByRole('navigation', { name: /production/ }).getByRole('link', { name: tab });
    await of.measure(page, 'switch the tab of an environment', 1, () => link.click(), { see: 'nav a[aria-current=page]', text: `^${tab}` });
  }
}

async function logs(page: Page, of: Interactions) {
  const box = page.getByRole('search', { name: /./ }).getByRole('textbox').last();
  await box.click();
  await of.measure(page, 'type in the filter of 10,000 lines', 6, () => type(page, 'orders'), { see: '[role=log] [data-index]', gone: true });
  await box.selectText();
  await of.measure(page, 'show all lines again', 1, () => press(page, 'Delete'), { see: '[role=status]', text: '10,000 lines' });
}

async function open(page: Page, address: string, sight: Sight) {
  await page.goto(address);
  await seen(page, sight);
  await page.getByRole('status').filter({ hasText: /^Live/ }).waitFor();
}

/** A person at a page, whose every interaction is measured. */
function measured(title: string, part: string, go: (page: Page, of: Interactions) => Promise<void>) {
  journey(title, {}, async ({ person }) => {
    const page = await person('admin', moving);
    await watch(page);
    const of = new Interactions();
    await profiled(page, part, () => go(page, of));
    tell(of.table(title));
  });
}

measured('Interaction: the overview', 'overview', async (page, of) => {
  await open(page, '/', rows);
  for (let i = 0; i < rounds; i++) {
    await palette(page, of);
    await overview(page, of);
    await scheme(page, of);
    await go(page, of, 'Environments', page1('Environments'));
    await go(page, of, 'Overview', rows);
  }
});

measured('Interaction: the environments', 'environments', async (page, of) => {
  for (let i = 0; i < rounds; i++) {
    await open(page, '/environments', rows);
    await environments(page, of);
  }
});

measured('Interaction: an environment', 'environment', async (page, of) => {
  await open(page, '/environments/production', { see: 'main', text: 'backend' });
  for (let i = 0; i < rounds; i++) {
    await deploy(page, of);
    await tabs(page, of);
  }
});

measured('Interaction: logs', 'logs', async (page, of) => {
  await open(page, '/environments/production/logs?since=1h', { see: '[role=status]', text: '10,000 lines' });
  for (let i = 0; i < rounds; i++) await logs(page, of);
});

const scrollings = { title: 'Scrolling (by the wheel)', columns: ['', 'frames', 'p50', 'p95', 'max', 'over 50 ms', 'long tasks', 'longest', 'elements', 'heap'] };

function scrolled(what: string, runs: readonly Scrolling[]): string[] {
  const frames = runs.flatMap((run) => run.frames);
  const tasks = runs.flatMap(({ longTasks }) => longTasks);
  const longest = tasks.length === 0 ? '' : ms(Math.max(...tasks));
  const late = frames.filter((each) => each > 50).length;
  const time = [0.5, 0.95, 1].map((q) => `${quantile(frames, q).toFixed(1)} ms`);
  const most = (of: (run: Scrolling) => number) => Math.max(...runs.map(of));
  return [what, String(frames.length), ...time, String(late), String(tasks.length), longest, String(most(({ elements }) => elements)), megabytes(most(({ heap }) => heap))];
}

/** Down and up again, at two speeds. */
async function downAndUp(page: Page, over: string): Promise<Scrolling[]> {
  return [await scroll(page, over, 9_000, 2_000), await scroll(page, over, -9_000, 2_000), await scroll(page, over, 24_000, 6_000), await scroll(page, over, -24_000, 6_000)];
}

const table = 'main [role=group]:has(> [role=table])';

journey('Scrolling', {}, async ({ person }) => {
  const page = await person('admin', moving);
  await watch(page);
  const all: string[][] = [];
  await open(page, '/environments', rows);
  await profiled(page, 'scroll-environments', async () => void all.push(scrolled('1,000 environments', await downAndUp(page, table))));
  await open(page, '/', rows);
  await page.locator(table).first().scrollIntoViewIfNeeded();
  await profiled(page, 'scroll-overview', async () => void all.push(scrolled('a group of 500 on the overview', await downAndUp(page, table))));
  await page.evaluate(() => scrollTo(0, 0));
  all.push(scrolled('the overview itself', [await scroll(page, 'header', 2_500, 1_500), await scroll(page, 'header', -2_500, 1_500)]));
  await open(page, '/environments/production/logs?since=1h', { see: '[role=status]', text: '10,000 lines' });
  await profiled(page, 'scroll-logs', async () => void all.push(scrolled('10,000 lines of logs, upwards and back', [await scroll(page, '[role=log]', -30_000, 3_000), await scroll(page, '[role=log]', 28_000, 6_000)])));
  tell({ ...scrollings, rows: all });
});

journey('A burst of events', {}, async ({ person }) => {
  const page = await person('admin', moving);
  await watch(page);
  await open(page, '/', rows);
  const { items } = await call<{ items: { name: string }[] }>('GET', '/api/system/environments?limit=200');
  const stop = burst(items.map(({ name }) => name), events);
  const of = new Interactions();
  await profiled(page, 'burst', async () => {
    for (let i = 0; i < rounds; i++) {
      await palette(page, of);
      await overview(page, of);
    }
  });
  await page.locator(table).first().scrollIntoViewIfNeeded();
  const runs = [await scroll(page, table, 9_000, 2_000), await scroll(page, table, -9_000, 2_000)];
  const rate = await stop();
  tell(of.table(`Interaction with the overview while ${rate.toFixed(0)} events a second come in`));
  tell({ ...scrollings, title: 'Scrolling meanwhile', rows: [scrolled('a group of 500 on the overview', runs)] });
});
