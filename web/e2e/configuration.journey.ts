import { expect, journey } from './fixture';
import { accessible } from './accessible';
import { arrives, dialog, press, reads, settled } from './say';
import { call } from './world';

interface Variables {
  variables: { key: string; value: string }[];
}

/** What an environment has under a name now, asked beside the browser. */
async function valueOf(environment: string, key: string): Promise<string | undefined> {
  const { variables } = await call<Variables>('GET', `/api/system/environments/${environment}/variables`);
  return variables.find((each) => each.key === key)?.value;
}

journey('two change the same variable, and the second one decides with open eyes', { as: 'operator' }, async ({ page }) => {
  await page.goto('/environments/edited/variables');
  await press(page, 'Edit PAGE_SIZE');
  await dialog(page).getByLabel('Value', { exact: true }).fill('40');
  await reads(page, 'The server takes it like this.');
  await accessible(page);
  await dialog(page).getByRole('button', { name: 'Keep this change' }).click();
  await reads(page, '1 change is not saved');

  await call('PUT', '/api/system/environments/edited/variables', { variables: { PAGE_SIZE: '30' } }, { headers: { 'If-Match': '*' } });
  await reads(page, 'PAGE_SIZE was changed meanwhile'); // without a hand on the page
  await accessible(page);
  expect(await valueOf('edited', 'PAGE_SIZE')).toBe('30');
  await press(page, 'Take mine');
  await press(page, 'Save');
  await reads(page, /Recorded as configuration \d+ of edited/);
  expect(await valueOf('edited', 'PAGE_SIZE')).toBe('40');
});

journey('two environments are compared, and what was chosen is brought over', { as: 'operator' }, async ({ page }) => {
  await page.goto('/compare?source=left&target=right');
  await arrives(page, 'Compare');
  await page.getByRole('checkbox', { name: 'Choose variables.PAGE_SIZE' }).check();
  await press(page, 'Preview the sync into right');
  const sync = dialog(page).getByRole('button', { name: 'Sync 1 change' });
  await expect.poll(() => sync.getAttribute('aria-disabled'), { timeout: 10_000 }).toBeNull();
  await accessible(page);
  await sync.click();
  await expect.poll(() => valueOf('right', 'PAGE_SIZE'), { timeout: 15_000 }).toBe('50');
  await page.goto('/compare?source=left&target=right');
  await reads(page, 'Last brought together from left to right by omar');
  await settled(page);
  expect(await page.getByRole('checkbox', { name: 'Choose variables.PAGE_SIZE' }).count()).toBe(0);
});
