import { accessible, mistakes } from './accessible';
import { expect, journey } from './fixture';
import { everyPlace } from './places';
import { colours, inside, visit } from './say';

// In parts, so that two workers share them.
const parts = 3;
for (let part = 0; part < parts; part++) {
  journey(`every page can be read by everybody (${part + 1} of ${parts})`, { as: 'admin' }, async ({ page }) => {
    const found: Record<string, string[]> = {};
    const places = await everyPlace(page);
    expect(places.length).toBeGreaterThan(3);
    for (const { address } of places.filter((_, i) => i % parts === part)) {
      await colours(page, 'light');
      await visit(page, address);
      const against = await mistakes(page);
      await colours(page, 'dark');
      against.push(...(await mistakes(page, ['color-contrast'])).map((one) => `dark: ${one}`));
      if (against.length > 0) found[address] = against;
    }
    if (Object.keys(found).length > 0) throw new Error(JSON.stringify(found, undefined, 1));
  });
}

journey('a phone has every page, and none is wider than it', { as: 'admin' }, async ({ person }) => {
  const page = await person('admin', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await page.goto('/');
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').getByRole('link').first().waitFor();
  const links = await page.getByRole('dialog').getByRole('link').all();
  const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
  expect(addresses.length).toBeGreaterThan(3);
  const wide: string[] = [];
  for (const address of addresses) {
    await visit(page, address ?? '/');
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) wide.push(`${address}: by ${over} px`);
  }
  expect(wide).toEqual([]);
  await visit(page, '/environments/production/settings');
  const tab = await page.getByRole('navigation', { name: /production/ }).getByRole('link', { name: 'Settings' }).boundingBox();
  expect(tab && tab.x >= 0 && tab.x + tab.width <= 390).toBe(true);
});

journey('what is not there says so, and leads on', { as: 'viewer' }, async ({ page }) => {
  await page.goto('/nothing/here');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'To the overview' }).click();
  await inside(page);
});
