import type { Page } from 'playwright-core';
import { inside, travel } from './say';
import { call } from './world';

/** A page to look at: what it is called in a picture's name, and where it is. */
export interface Place {
  name: string;
  address: string;
}

interface Deployments {
  items: { id: string; environment: string; status: string }[];
}

/** Every page that the dashboard has: what the navigation leads to, and what is behind that. */
export async function everyPlace(page: Page): Promise<Place[]> {
  await page.goto('/');
  await inside(page);
  const links = await page.getByRole('navigation', { name: 'Pages' }).filter({ visible: true }).getByRole('link').all();
  const addresses = (await Promise.all(links.map((link) => link.getAttribute('href')))).map((href) => new URL(href ?? '/', 'http://x').pathname);
  const places = addresses.map((address): Place => ({ name: address === '/' ? 'overview' : address.slice(1).replaceAll('/', '-'), address }));
  const deployed = (await call<Deployments>('GET', '/api/system/deployments?environment=returning')).items;
  const done = deployed.find(({ status }) => status === 'completed');
  const more: Place[] = [
    { name: 'environment', address: '/environments/production' },
    ...['configuration', 'variables', 'deployments', 'health', 'logs', 'activity', 'settings'].map((tab) => ({ name: `environment-${tab}`, address: `/environments/production/${tab}` })),
    ...(done ? [{ name: 'deployment', address: `/deployments/${done.id}` }] : []),
    { name: 'release', address: '/releases/1.1.0' },
    { name: 'schedules-month', address: '/schedules?view=month' },
    { name: 'schedules-week', address: '/schedules?view=week' },
    { name: 'tokens-create', address: '/tokens?create=true' },
    { name: 'compare-two', address: '/compare?source=left&target=right' },
  ];
  for (const place of more) {
    if (await exists(page, place.address)) places.push(place);
  }
  return places;
}

/** Whether a page answers to an address. */
async function exists(page: Page, address: string): Promise<boolean> {
  await travel(page, address);
  const missing = page.getByRole('heading', { name: 'There is no such page' });
  await Promise.race([missing.waitFor(), inside(page)]);
  const there = !(await missing.isVisible());
  if (!there) await page.goto('/');
  return there;
}
