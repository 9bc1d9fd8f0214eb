import { accessible } from './accessible';
import { expect, journey } from './fixture';
import { arrives, dialog, press, reads, settled } from './say';
import { call } from './world';

// One after the other, in an environment of their own.

interface Variables {
  variables: { key: string; value: string; sensitive: boolean }[];
}

const variablesOf = async (environment: string) => (await call<Variables>('GET', `/api/system/environments/${environment}/variables`)).variables;
const valueOf = async (environment: string, key: string) => (await variablesOf(environment)).find((each) => each.key === key)?.value;

journey('a file of variables is brought in, with what would change before it does', { as: 'operator' }, async ({ page }) => {
  await page.goto('/environments/brought/variables');
  await press(page, 'Import');
  await dialog(page).getByLabel('Contents').fill('GREETING=hello\nMAIL_PASSWORD=s3cret-file\n');
  await dialog(page).getByLabel('Names that become secrets').fill('*_PASSWORD');
  const bring = dialog(page).getByRole('button', { name: 'Import 2 changes' });
  await bring.waitFor();
  await accessible(page);
  await bring.click();
  await reads(page, 'GREETING');
  await expect.poll(() => valueOf('brought', 'GREETING'), { timeout: 15_000 }).toBe('hello');
  expect((await variablesOf('brought')).find(({ key }) => key === 'MAIL_PASSWORD')?.sensitive).toBe(true);
  expect(await page.content()).not.toContain('s3cret-file');
});

journey('an environment that is like it is made, and what is rewritten is seen before', { as: 'operator' }, async ({ page }) => {
  await page.goto('/environments?dialog=clone&from=brought');
  const name = dialog(page).getByLabel('Name of the new one');
  await name.fill('brought'); // known without asking: the server says nothing to it
  await reads(page, 'There is one called brought already.');
  await name.fill('twin');
  const clone = dialog(page).getByRole('button', { name: 'Clone', exact: true });
  await expect.poll(() => clone.isEnabled(), { timeout: 15_000 }).toBe(true);
  await accessible(page);
  await clone.click();
  await arrives(page, 'twin');
  expect(await valueOf('twin', 'GREETING')).toBe('hello');
});

journey('a version before is restored, as a new one', { as: 'operator' }, async ({ page }) => {
  await page.goto('/environments/brought/configuration?view=versions');
  await settled(page);
  await press(page, 'Restore version 1');
  const restore = dialog(page).getByRole('button', { name: 'Restore', exact: true });
  await expect.poll(() => restore.isEnabled(), { timeout: 15_000 }).toBe(true);
  await dialog(page).getByText('GREETING').first().waitFor();
  await accessible(page);
  await restore.click();
  await expect.poll(() => valueOf('brought', 'GREETING'), { timeout: 15_000 }).toBeUndefined();
  await page.getByRole('button', { name: 'Restore version 2' }).waitFor();
});
