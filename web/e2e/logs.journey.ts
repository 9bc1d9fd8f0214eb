import { accessible } from './accessible';
import { expect, journey } from './fixture';
import { arrives, misses, press, reads, sees } from './say';

// Somebody uses the environment "canary" all the time, so its lines come and come.
journey('a line of the logs is shown to a colleague by a link', { as: 'operator' }, async ({ page, person }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/environments/canary/logs');
  await arrives(page, 'canary');
  const line = page.getByRole('log').getByRole('button', { name: /Link to the line of/ });
  await line.nth(20).waitFor();
  await press(page, 'Pause');
  await line.nth(5).click();
  await page.waitForURL(/[?&]line=/);
  const linked = page.getByRole('log').locator('[aria-current=true]');
  const text = await linked.innerText();
  await accessible(page);
  await press(page, 'Copy link to the line');
  await sees(page, 'button', 'Copied');
  const address = await page.evaluate(() => navigator.clipboard.readText());
  expect(address).toBe(page.url());

  const colleague = await person('viewer');
  await colleague.goto(address);
  const shown = colleague.getByRole('log').locator('[aria-current=true]');
  await expect.poll(() => shown.innerText().catch(() => ''), { timeout: 15_000 }).toBe(text);
  // It is in sight, and stays there while others come.
  await sees(colleague, 'button', /new lines$/);
  await expect.poll(() => shown.evaluate((element) => {
    const box = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(box.left + 5, box.top + box.height / 2));
  })).toBe(true);
});

journey('the logs of a time that is over end there', { as: 'operator', may: [/status of 422/] }, async ({ page }) => {
  await page.goto('/environments/canary/logs');
  await arrives(page, 'canary');
  const line = page.getByRole('log').getByRole('button', { name: /Link to the line of/ });
  await line.nth(20).waitFor();
  await page.getByRole('combobox', { name: 'Since' }).click();
  await page.getByRole('option', { name: 'from – to' }).click();
  await reads(page, /nothing new comes here/);
  await accessible(page);

  const to = await page.getByLabel('To', { exact: true }).inputValue();
  await page.getByLabel('From', { exact: true }).fill('2000-01-02T00:00:00');
  await page.waitForURL(/since=2000-01-02T00%3A00%3A00.000Z/);
  await page.getByLabel('To', { exact: true }).fill('2000-01-01T00:00:00');
  await reads(page, 'This is before From: no line is both');
  await page.getByLabel('To', { exact: true }).fill('2000-01-03T00:00:00');
  await sees(page, 'heading', 'No line in this range');
  await reads(page, /--since 2000-01-02T00:00:00.000Z --until 2000-01-03T00:00:00.000Z/);
  expect(to).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d/);

  // Who is given such an address sees the same; a wrong one says what is wrong with it.
  await page.reload();
  await sees(page, 'heading', 'No line in this range');
  await page.goto('/environments/canary/logs?since=2000-01-02T00:00:00Z&until=2000-01-01T00:00:00Z');
  await reads(page, /is before since/);

  await page.goto('/environments/canary/logs?until=2000-01-01T00:00:00Z');
  await press(page, 'To what is written now');
  await line.nth(20).waitFor();
  await misses(page, 'heading', 'No line in this range');
  await reads(page, /· live/);
});
