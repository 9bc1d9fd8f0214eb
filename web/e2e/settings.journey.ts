import { expect, journey } from './fixture';
import { arrives, choose, inside, press, reads } from './say';
import { tokenOf } from './world';

journey('language, colours, clock and first page are kept by the browser', { may: [/status of 401/] }, async ({ person }) => {
  const page = await person(undefined, { timezoneId: 'Asia/Jakarta' });
  await page.goto('/sign-in?next=%2Fsettings');
  await page.getByLabel('Token', { exact: true }).fill(tokenOf('viewer'));
  await press(page, 'Sign in');
  await arrives(page, 'Settings');
  await choose(page, 'Colours', 'Dark');
  await choose(page, 'Times', 'UTC');
  await page.getByRole('combobox', { name: 'First page' }).click();
  await page.getByRole('option', { name: 'Activity' }).click();
  await choose(page, 'Language', 'Bahasa Indonesia');
  await arrives(page, 'Pengaturan');
  await page.reload();
  await arrives(page, 'Pengaturan');
  expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.mantineColorScheme])).toEqual(['id', 'dark']);
  await choose(page, 'Bahasa', 'English');
  await page.goto('/activity');
  await arrives(page, 'Activity');
  const exact = await page.getByRole('time').first().getAttribute('aria-label');
  expect(exact).toContain('UTC');

  await press(page, 'Account');
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await arrives(page, 'Sign in');
  await page.goto('/sign-in');
  await page.getByLabel('Token', { exact: true }).fill(tokenOf('viewer'));
  await press(page, 'Sign in');
  await inside(page);
  await arrives(page, 'Activity');
});

journey('the keys of secrets are rotated while one watches', { as: 'admin' }, async ({ page }) => {
  await page.goto('/settings');
  await arrives(page, 'Settings');
  await reads(page, /\d of \d have the newest keys/);
  await press(page, 'Rotate keys');
  await page.getByRole('dialog').getByRole('button', { name: 'Rotate keys' }).click();
  await reads(page, 'Last rotated');
});

journey('a viewer may not rotate keys, and reads why', { as: 'viewer' }, async ({ page }) => {
  await page.goto('/settings');
  await arrives(page, 'Settings');
  const rotate = page.getByRole('button', { name: 'Rotate keys' });
  expect(await rotate.getAttribute('aria-disabled')).toBe('true');
  expect(await rotate.getAttribute('aria-description')).toContain('admin');
});
