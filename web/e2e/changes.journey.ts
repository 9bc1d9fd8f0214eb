import type { Page } from 'playwright-core';
import { accessible } from './accessible';
import { expect, journey } from './fixture';
import { arrives, counting, dialog, inside, press, reads, sees, toEnvironment } from './say';
import { call, tokenOf } from './world';

/** Waits until the page of a deployment says that it has completed: not one of its steps alone. */
async function ends(page: Page) {
  await page.getByText(/^Completed/).first().waitFor({ timeout: 60_000 });
}

journey('an environment is created', { as: 'operator' }, async ({ page }) => {
  await page.goto('/environments?dialog=create');
  await dialog(page).getByLabel('Name').fill('quality');
  await reads(page, 'Nothing runs in it before its first deployment.');
  await accessible(page);
  await dialog(page).getByRole('button', { name: 'Create', exact: true }).click();
  await arrives(page, 'quality');
  expect((await call<{ name: string }>('GET', '/api/system/environments/quality')).name).toBe('quality');
});

journey('a deployment, in three clicks from the overview', { as: 'operator' }, async ({ page }) => {
  await page.goto('/');
  await inside(page);
  const clicks = await counting(page);
  await toEnvironment(page, 'staging');
  await page.getByRole('button', { name: /^Deploy/ }).first().click();
  const deploy = dialog(page).getByRole('button', { name: 'Deploy', exact: true });
  await expect.poll(() => deploy.getAttribute('aria-disabled'), { timeout: 10_000 }).toBeNull();
  await accessible(page);
  await deploy.click();
  await arrives(page, /1\.2\.0/);
  expect(await clicks()).toBeLessThanOrEqual(3);
  await ends(page);
});

journey('a canary is watched as it comes in', { as: 'operator' }, async ({ page }) => {
  await page.goto('/environments/canary?dialog=deploy&on=canary&release=1.1.0');
  const deploy = dialog(page).getByRole('button', { name: 'Deploy', exact: true });
  await expect.poll(() => deploy.getAttribute('aria-disabled'), { timeout: 10_000 }).toBeNull();
  await deploy.click();
  await arrives(page, /1\.1\.0/);
  await sees(page, 'img', /1\.1\.0.*20\s?%/); // a fifth of the requests
  await reads(page, 'Both revisions beside each other');
  await accessible(page);
  await ends(page);
  await sees(page, 'heading', 'Report');
  await accessible(page);
});

journey('a deployment waits for a second person, who approves it in three clicks', { as: 'operator' }, async ({ page, person }) => {
  await page.goto('/environments/guarded?dialog=deploy&on=guarded&release=1.1.0');
  const ask = dialog(page).getByRole('button', { name: 'Ask for the deployment' });
  await expect.poll(() => ask.getAttribute('aria-disabled'), { timeout: 10_000 }).toBeNull();
  await ask.click();
  await arrives(page, /1\.1\.0/);
  await reads(page, /approval/);

  const second = await person('second');
  await second.goto('/');
  await inside(second);
  const clicks = await counting(second);
  await second.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Approvals' }).click();
  await arrives(second, 'Approvals');
  await accessible(second);
  await second.getByRole('button', { name: /^Approve the deployment of 1\.1\.0 to guarded/ }).click();
  const approve = dialog(second).getByRole('button', { name: 'Approve', exact: true });
  await expect.poll(() => approve.getAttribute('aria-disabled'), { timeout: 10_000 }).toBeNull();
  await accessible(second);
  await approve.click();
  expect(await clicks()).toBeLessThanOrEqual(3);
  await ends(page); // the first one's page, without a hand on it
  await second.goto('/approvals');
  await reads(second, 'Approved the deployment of 1.1.0 to guarded');
});

journey('somebody rejects, and says why', { as: 'second' }, async ({ page }) => {
  const asked = await call<{ id: string }>('POST', '/api/system/environments/production/deploy', { version: '1.2.0' }, { who: 'operator' });
  await page.goto('/approvals');
  await press(page, /^Reject the deployment of 1\.2\.0 to production/);
  await dialog(page).getByLabel('Why not').fill('not on a Friday');
  await dialog(page).getByRole('button', { name: 'Reject', exact: true }).click();
  await expect.poll(async () => (await call<{ status: string }>('GET', `/api/system/deployments/${asked.id}`)).status).toBe('cancelled');
  await page.goto('/approvals');
  await reads(page, /not on a Friday/);
});

journey('an environment is rolled back, in three clicks from the overview', { as: 'operator' }, async ({ page }) => {
  await page.goto('/');
  await inside(page);
  const clicks = await counting(page);
  await toEnvironment(page, 'returning');
  await page.getByRole('button', { name: /^Roll back/ }).first().click();
  const back = dialog(page).getByRole('button', { name: 'Roll back', exact: true });
  await expect.poll(() => back.getAttribute('aria-disabled'), { timeout: 10_000 }).toBeNull();
  await accessible(page);
  await back.click();
  await arrives(page, /1\.0\.0/);
  expect(await clicks()).toBeLessThanOrEqual(3);
  await ends(page);
  expect((await call<{ metadata: { version: string } }>('GET', '/api/system/environments/returning')).metadata.version).toBe('1.0.0');
});

journey('users are led to another environment, and back', { as: 'admin' }, async ({ page }) => {
  for (const to of ['standby', 'production']) {
    await page.goto(`/environments/${to}?dialog=switch&on=${to}`);
    const go = dialog(page).getByRole('button', { name: 'Switch', exact: true });
    const typed = dialog(page).getByLabel(`Type ${to} to confirm`);
    await typed.waitFor();
    await typed.fill(to);
    await expect.poll(() => go.getAttribute('aria-disabled'), { timeout: 10_000 }).toBeNull();
    await accessible(page);
    await go.click();
    await expect.poll(async () => (await call<{ environment: { name: string } }>('GET', '/api/system/live')).environment.name, { timeout: 15_000 }).toBe(to);
    await page.goto('/');
    await sees(page, 'article', to);
    await reads(page.getByRole('article', { name: to, exact: true }).page(), 'current');
  }
});

journey('a viewer may look, sees why nothing may be done, and no secret', { as: 'viewer', may: [/status of 403/] }, async ({ page }) => {
  await page.goto('/');
  await toEnvironment(page, 'production');
  for (const name of [/^Deploy/, /^Roll back/]) {
    const button = page.getByRole('button', { name }).first();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await button.getAttribute('aria-description')).toContain('operator');
    await button.click({ force: true });
    expect(await page.getByRole('dialog').count()).toBe(0);
  }
  await page.goto('/environments/production/variables');
  await reads(page, 'API_KEY');
  expect(await page.content()).not.toContain('s3cret-production');
  await page.goto('/approvals');
  await arrives(page, 'Approvals');
  expect(tokenOf('viewer')).not.toBe('');
});
