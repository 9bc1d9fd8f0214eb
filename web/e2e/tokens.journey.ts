import { accessible } from './accessible';
import { expect, journey } from './fixture';
import { arrives, inside, misses, press, reads, sees } from './say';

journey('a token is made, shown once, used, and revoked', { as: 'admin', may: [/status of (401|422)/] }, async ({ page, person }) => {
  await page.goto('/tokens');
  await arrives(page, 'Tokens');
  await press(page, 'Create a token');
  await page.getByLabel('Name').fill('ci deploy');
  await page.getByRole('dialog').getByRole('button', { name: 'Create a token' }).click();
  await reads(page, /a token's name has/);
  await page.getByLabel('Name').fill('ci-deploy');
  await page.getByRole('radio', { name: 'viewer' }).check();
  await accessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Create a token' }).click();
  await sees(page, 'dialog', 'The token of ci-deploy');
  const text = await page.getByText(/^lockstep_\w+/).innerText();
  await accessible(page);
  await press(page, 'I have it');
  await sees(page, 'row', /ci-deploy.*viewer.*never used/);
  await page.reload();
  await arrives(page, 'Tokens');
  expect(await page.content()).not.toContain(text.trim());

  const other = await person(undefined);
  await other.goto('/sign-in');
  await other.getByLabel('Token', { exact: true }).fill(text.trim());
  await press(other, 'Sign in');
  await inside(other);

  await page.reload();
  await sees(page, 'row', /ci-deploy.*1 browser/);
  await press(page, 'Sign out whoever is signed in as ci-deploy');
  await accessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await sees(page, 'row', /ci-deploy.*nobody/);
  await other.reload();
  await arrives(other, 'Sign in');
  await other.getByLabel('Token', { exact: true }).fill(text.trim());
  await press(other, 'Sign in');
  await inside(other);

  await press(page, 'Revoke ci-deploy');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke ci-deploy' }).click();
  await misses(page, 'row', /ci-deploy/);
  await page.getByRole('switch', { name: 'Show those that were revoked' }).click();
  await sees(page, 'row', /ci-deploy.*revoked/);
  await other.reload();
  await arrives(other, 'Sign in');
});

journey('who may not manage tokens is told so', { as: 'operator' }, async ({ page }) => {
  await page.goto('/tokens');
  await arrives(page, 'Tokens');
  await sees(page, 'heading', 'Only the role admin sees and makes tokens');
  const create = page.getByRole('button', { name: 'Create a token' });
  expect(await create.getAttribute('aria-disabled')).toBe('true');
  expect(await create.getAttribute('aria-description')).toContain('admin');
});
