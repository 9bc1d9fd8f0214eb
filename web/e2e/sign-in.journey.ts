import type { Page } from 'playwright-core';
import { accessible } from './accessible';
import { expect, journey } from './fixture';
import { arrives, inside, press, reads, sees } from './say';
import { call, tokenOf } from './world';

// A browser tells of every refusal; whoever is not signed in is refused once, when the page asks who one is.
const refused = [/status of 401/];

const code = async () => (await call<{ code: string }>('POST', '/api/system/session/codes')).code;

async function withToken(page: Page, token: string) {
  await page.getByLabel('Token', { exact: true }).fill(token);
  await press(page, 'Sign in');
}

journey('a one-time address signs in, once, and does not stay in the address', { may: refused }, async ({ page, person }) => {
  const address = `/sign-in#code=${await code()}`;
  await page.goto(address);
  await inside(page);
  expect(page.url()).not.toContain('code');
  await page.goBack().catch(() => null);
  expect(page.url()).not.toContain('code');

  const other = await person(undefined);
  await other.goto(address);
  await sees(other, 'alert', '');
  await reads(other, 'lockstep dashboard'); // how to get another
  await accessible(other);
});

journey('a token signs in; a wrong one does not, and says why', { may: refused }, async ({ page }) => {
  await page.goto('/');
  await arrives(page, 'Sign in');
  await accessible(page);
  await press(page, 'Sign in');
  await reads(page, 'Paste a token first.');
  await withToken(page, 'lockstep_wrong');
  await reads(page, 'You are not signed in');
  await accessible(page);
  await withToken(page, tokenOf('operator'));
  await inside(page);
  await press(page, 'Account');
  await reads(page, 'omar (operator)');
});

journey('after signing in one is where one wanted to be', { may: refused }, async ({ page }) => {
  await page.goto('/activity?kind=deployment');
  await arrives(page, 'Sign in');
  await withToken(page, tokenOf('viewer'));
  await arrives(page, 'Activity');
  const { pathname, searchParams } = new URL(page.url());
  expect([pathname, searchParams.get('kind')]).toEqual(['/activity', 'deployment']);
});

journey('an address to come back to leads to no other site', { may: refused }, async ({ page }) => {
  await page.goto('/sign-in?next=https%3A%2F%2Fexample.com%2F');
  await withToken(page, tokenOf('viewer'));
  await inside(page);
});

journey('signing out ends the session, in every window', { may: refused }, async ({ page }) => {
  await page.goto(`/sign-in#code=${await code()}`);
  await inside(page);
  const second = await page.context().newPage();
  await second.goto('/');
  await inside(second);
  await press(page, 'Account');
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await arrives(page, 'Sign in');
  await second.reload();
  await arrives(second, 'Sign in');
});

journey('a token that is revoked signs everybody out who came by it', { may: refused }, async ({ page }) => {
  const made = await call<{ id: string; token: string }>('POST', '/api/system/tokens', { name: 'guest', role: 'viewer' });
  await page.goto('/sign-in');
  await withToken(page, made.token);
  await inside(page);
  await call('DELETE', `/api/system/tokens/${made.id}`);
  await page.reload();
  await arrives(page, 'Sign in');
});

journey('somebody else’s address asks before it replaces who is signed in, and is used up by yes alone', { as: 'operator' }, async ({ page }) => {
  await page.goto('/');
  await inside(page);
  const address = `/sign-in#code=${await code()}`;
  await page.goto(address);
  await sees(page, 'heading', 'You are signed in as omar (operator)');
  await reads(page, /signs in as ada \(admin\)/);
  await accessible(page);
  await press(page, 'Stay omar');
  await inside(page);
  await page.goto(address);
  await press(page, 'Sign in as ada');
  await inside(page);
  await press(page, 'Account');
  await reads(page, 'ada (admin)');
});
