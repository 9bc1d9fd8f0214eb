import { accessible, mistakes } from './accessible';
import { expect, journey } from './fixture';
import { everyPlace } from './places';
import { inside, settled } from './say';

for (const scheme of ['light', 'dark'] as const) {
  journey(`every page can be read by everybody, ${scheme}`, { as: 'admin' }, async ({ person }) => {
    const page = await person('admin', { colorScheme: scheme });
    const found: Record<string, string[]> = {};
    const places = await everyPlace(page);
    expect(places.length).toBeGreaterThan(3);
    for (const { address } of places) {
      await page.goto(address);
      await inside(page);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const against = await mistakes(page);
      if (against.length > 0) found[address] = against;
    }
    if (Object.keys(found).length > 0) throw new Error(JSON.stringify(found, undefined, 1));
  });
}

journey('a phone has every page, and none is wider than it', { as: 'admin' }, async ({ person }) => {
  const page = await person('admin', { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
  await page.goto('/');
  await page.getByRole('button', { name: 'Menu' }).click();
  const links = await page.getByRole('dialog').getByRole('link').all();
  const addresses = await Promise.all(links.map((link) => link.getAttribute('href')));
  expect(addresses.length).toBeGreaterThan(3);
  const wide: string[] = [];
  for (const address of addresses) {
    await page.goto(address ?? '/');
    await page.getByRole('heading', { level: 1 }).waitFor();
    await settled(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) wide.push(`${address}: by ${over} px`);
  }
  expect(wide).toEqual([]);
});

journey('what is not there says so, and leads on', { as: 'viewer' }, async ({ page }) => {
  await page.goto('/nothing/here');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'To the overview' }).click();
  await inside(page);
});
