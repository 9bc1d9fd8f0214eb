import { expect, journey } from './fixture';
import { arrives, inside, reads, settled } from './say';
import { call, control } from './world';

const away = [/ERR_CONNECTION_REFUSED/, /ERR_INCOMPLETE_CHUNKED_ENCODING/, /ERR_CONNECTION_RESET/, /ERR_EMPTY_RESPONSE/];
const token = (name: string) => call('POST', '/api/system/tokens', { name, role: 'viewer' }, { where: 'away' });

journey('the server goes and comes back: the page says so, and catches up by itself', { as: 'admin', where: 'away', may: away }, async ({ page }) => {
  await page.goto('/tokens');
  await arrives(page, 'Tokens');
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.evaluate(() => Object.assign(globalThis, { neverReloaded: true }));
  await token('before');
  await page.getByRole('row', { name: /before/ }).waitFor();

  await control('/away/stop');
  await page.getByRole('status').filter({ hasText: /Reconnecting|Server away/ }).waitFor();
  await reads(page, 'before'); // what was known stays to be read
  await control('/away/start');
  await token('meanwhile');
  await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  await page.getByRole('row', { name: /meanwhile/ }).waitFor();
  await token('afterwards');
  await page.getByRole('row', { name: /afterwards/ }).waitFor();
  expect(await page.evaluate(() => 'neverReloaded' in globalThis)).toBe(true);
});

journey('what happens while the connection is lost is not missed', { as: 'admin', where: 'away', may: away }, async ({ page }) => {
  await page.goto('/activity');
  await inside(page);
  await settled(page);
  await control('/away/stop');
  await page.getByRole('status').filter({ hasText: /Reconnecting|Server away/ }).waitFor();
  await control('/away/start');
  await control('/away/apply');
  await page.getByRole('row', { name: /Applied version 2 of the matrix/ }).waitFor();
  await page.getByRole('row', { name: /Created islet/ }).waitFor();
});
