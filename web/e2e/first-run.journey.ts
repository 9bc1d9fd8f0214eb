import type { Page } from 'playwright-core';
import { accessible } from './accessible';
import { expect, journey } from './fixture';
import { inside, sees, visit } from './say';
import { call } from './world';

const apply = 'lockstep apply -f environment-matrix.yaml';

/** The problems that pages show. */
async function problems(page: Page, addresses: readonly string[], says?: string): Promise<string[]> {
  const found: string[] = [];
  for (const address of addresses) {
    await visit(page, address);
    if (says !== undefined) await page.getByText(says).waitFor();
    found.push(...(await page.getByRole('alert').allInnerTexts()).map((problem) => `${address}: ${problem}`));
  }
  return found;
}

journey('a newcomer learns on every page what to type, meets no problem, and sees the first project come', { where: 'fresh', may: [/status of 401.*api\/system\/session/] }, async ({ page }) => {
  const { code } = await call<{ code: string }>('POST', '/api/system/session/codes', undefined, { where: 'fresh' });
  await page.goto(`/sign-in#code=${code}`);
  await inside(page);
  const links = await page.getByRole('navigation', { name: 'Pages' }).filter({ visible: true }).getByRole('link').all();
  const addresses = await Promise.all(links.map(async (link) => new URL((await link.getAttribute('href')) ?? '', 'http://x').pathname));
  const alone = ['/tokens', '/settings'];
  expect(addresses).toEqual(expect.arrayContaining(['/', '/activity', ...alone]));
  const teaching = [...addresses.filter((address) => !alone.includes(address)), '/environments/staging/logs', '/environments?dialog=deploy'];
  expect(await problems(page, teaching, apply)).toEqual([]);
  expect(await problems(page, alone)).toEqual([]);
  await visit(page, '/releases');
  await accessible(page);
  await visit(page, '/');
  await accessible(page);

  // The matrix that is shown is one that works; whoever waits on the page sees it happen.
  const matrix = await page.getByText('project: shop').innerText();
  await call('PUT', '/api/system/matrix', matrix, { where: 'fresh', headers: { 'If-Match': '*' } });
  await sees(page, 'article', 'development');
  const tabs = ['', '/configuration', '/variables', '/deployments', '/health', '/logs', '/activity', '/settings'].map((tab) => `/environments/development${tab}`);
  expect(await problems(page, [...addresses, ...tabs])).toEqual([]);
});
