import type { Page } from 'playwright-core';
import { accessible } from './accessible';
import { expect, story } from './fixture';
import { counting, dialog } from './say';
import { addressOf, call } from './world';

// What the last words of the demo invite to, done by somebody who has nothing but the address in them and who knows
// what stands on the screen: names of roles, labels, and nothing else. demo_test.go has played the demo.

const most = 3; // clicks from the overview
const release = '2.8.0'; // runs nowhere but in development
const before = '2.7.0'; // what production has

/** From wherever one is to the overview, and from there on clicks are counted. */
async function fromTheOverview(page: Page) {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Overview', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.getByRole('article', { name: 'production', exact: true }).waitFor();
  return counting(page);
}

function expectFew(clicks: number) {
  expect(clicks).toBeGreaterThan(0);
  expect(clicks).toBeLessThanOrEqual(most);
}

async function pressIn(page: Page, environment: string, action: string) {
  await page.getByRole('article', { name: environment, exact: true }).getByRole('button', { name: action, exact: true }).click();
}

/** Types a name where it is asked for, with a hand that has to find the field first. */
async function confirm(page: Page, name: string) {
  const field = dialog(page).getByLabel(`Type ${name} to confirm`);
  await field.click();
  await field.pressSequentially(name);
}

/** Presses what the dialog is for, once the gate has answered. */
async function go(page: Page, action: string) {
  await dialog(page).getByRole('button', { name: action, exact: true, disabled: false }).click();
}

async function arrives(page: Page, title: string) {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
}

/** Waits until the page of a deployment says that it is done, without a hand on it. */
async function completes(page: Page) {
  await page.getByRole('status').filter({ hasText: /^Completed/ }).waitFor({ timeout: 60_000 });
}

/** What the server says that an environment runs, and what the app there says that it is. */
async function runs(environment: string) {
  const { metadata } = await call<{ metadata: { version: string } }>('GET', `/api/system/environments/${environment}`);
  const { addresses } = await call<{ addresses: string[] }>('GET', `/api/system/environments/${environment}/status`);
  const own = addresses.find((address) => address.startsWith('http://127.0.0.1:'));
  const app = (await (await fetch(`${own ?? ''}/api/version`)).json()) as { version: string };
  return { server: metadata.version, app: app.version };
}

const newest = async (environment: string) =>
  (await call<{ items: { status: string; version: string; startedBy: string; approvedBy?: string; rollbackOf?: string }[] }>('GET', `/api/system/deployments?environment=${environment}&limit=1`)).items[0];

story('after the demo, in a browser', [
  {
    title: 'the address that was printed signs in',
    may: [/status of 401/], // nobody is signed in, when the page asks who one is
    go: async ({ page }) => {
      await page.goto(addressOf('admin'));
      await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      for (const environment of ['development', 'staging', 'production', 'standby']) await page.getByRole('article', { name: environment, exact: true }).waitFor();
      expect(page.url()).not.toContain('code');
      await accessible(page);
      expect(await runs('production')).toEqual({ server: before, app: before });
    },
  },
  {
    title: `a deployment of ${release} to staging, in at most ${most} clicks`,
    go: async ({ page }) => {
      const clicks = await fromTheOverview(page);
      await pressIn(page, 'staging', 'Deploy to staging');
      await go(page, 'Deploy');
      await arrives(page, `${release} to staging`);
      expectFew(await clicks());
      await completes(page);
      expect(await runs('staging')).toEqual({ server: release, app: release });
    },
  },
  {
    title: `a deployment of ${release} to production is asked for, in at most ${most} clicks, and waits`,
    go: async ({ page }) => {
      const clicks = await fromTheOverview(page);
      await pressIn(page, 'production', 'Deploy to production');
      await confirm(page, 'production');
      await go(page, 'Ask for the deployment');
      await arrives(page, `${release} to production`);
      expectFew(await clicks());
      await page.getByText('Waits for an approval before it begins').first().waitFor();
      expect(await newest('production')).toMatchObject({ version: release, status: 'pending_approval', startedBy: 'admin' });
      expect(await runs('production')).toEqual({ server: before, app: before });
    },
  },
  {
    title: `a second person approves it, in at most ${most} clicks`,
    may: [/status of 401/],
    go: async ({ page, person }) => {
      const second = await person(undefined);
      await second.goto(addressOf('second'));
      const clicks = await fromTheOverview(second);
      await second.getByRole('region', { name: 'Waits for approval' }).getByRole('button', { name: /^Approve/ }).click();
      await go(second, 'Approve');
      await arrives(second, `${release} to production`);
      expectFew(await clicks());
      await completes(page); // the first one's page, without a hand on it
      expect(await newest('production')).toMatchObject({ version: release, status: 'completed', approvedBy: 'bo' });
      expect(await runs('production')).toEqual({ server: release, app: release });
    },
  },
  {
    title: `production is rolled back, in at most ${most} clicks`,
    go: async ({ page }) => {
      const clicks = await fromTheOverview(page);
      await pressIn(page, 'production', 'Roll back production');
      await confirm(page, 'production');
      await go(page, 'Roll back');
      await arrives(page, `${before} to production`);
      expectFew(await clicks());
      await completes(page);
      expect((await newest('production'))?.rollbackOf).toBeTruthy();
      expect(await runs('production')).toEqual({ server: before, app: before });
    },
  },
]);
