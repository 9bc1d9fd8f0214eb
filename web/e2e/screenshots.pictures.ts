import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, journey } from './fixture';
import { everyPlace } from './places';
import { colours, visit } from './say';

const folder = process.env.LOCKSTEP_PICTURES ?? '';
const format = process.env.LOCKSTEP_PICTURES_AS === 'png' ? 'png' : 'webp';
/** For one page that is worked on: LOCKSTEP_PICTURES_OF=^tokens. */
const of = new RegExp(process.env.LOCKSTEP_PICTURES_OF ?? '');
const screens = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

const placesOf = (page: Page) => everyPlace(page, { environment: 'production', deployedTo: ['production', 'staging'], two: ['staging', 'production'] });

for (const viewport of screens) {
  journey(`pictures, ${viewport.width} px wide`, { as: 'admin' }, async ({ page: scout, person }) => {
    expect(folder).not.toBe('');
    mkdirSync(folder, { recursive: true });
    const places = (await placesOf(scout)).filter(({ name }) => of.test(name));
    const page = await person('admin', { viewport });
    await page.goto('/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const { name, address } of places) {
      await visit(page, address);
      for (const scheme of ['light', 'dark'] as const) {
        await colours(page, scheme);
        await picture(page, `${name}-${viewport.width}-${scheme}`);
      }
    }
  });
}

async function picture(page: Page, name: string) {
  await page.mouse.move(0, 0);
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', format === 'png' ? { format } : { format, quality: 25 });
  await session.detach();
  writeFileSync(join(folder, `${name}.${format}`), Buffer.from(data, 'base64'));
}
