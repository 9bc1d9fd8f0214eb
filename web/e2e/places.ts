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
export async function everyPlace(page: Page, { environment = 'production', deployedTo = ['returning'], two = ['left', 'right'] } = {}): Promise<Place[]> {
  await page.goto('/');
  await inside(page);
  const links = await page.getByRole('navigation', { name: 'Pages' }).filter({ visible: true }).getByRole('link').all();
  const addresses = (await Promise.all(links.map((link) => link.getAttribute('href')))).map((href) => new URL(href ?? '/', 'http://x').pathname);
  const places = addresses.map((address): Place => ({ name: address === '/' ? 'overview' : address.slice(1).replaceAll('/', '-'), address }));
  const latest = await Promise.all(deployedTo.map(async (name) => (await call<Deployments>('GET', `/api/system/deployments?environment=${name}`)).items[0]));
  const release = (await call<{ items: { version: string }[] }>('GET', '/api/system/releases')).items[1];
  const more: Place[] = [
    { name: 'environment', address: `/environments/${environment}` },
    ...['configuration', 'variables', 'deployments', 'health', 'logs', 'activity', 'settings'].map((tab) => ({ name: `environment-${tab}`, address: `/environments/${environment}/${tab}` })),
    ...latest.flatMap((deployment, i) => (deployment ? [{ name: i === 0 ? 'deployment' : `deployment-${deployment.status}`, address: `/deployments/${deployment.id}` }] : [])),
    ...(release ? [{ name: 'release', address: `/releases/${release.version}` }] : []),
    { name: 'schedules-month', address: '/schedules?view=month' },
    { name: 'schedules-week', address: '/schedules?view=week' },
    { name: 'tokens-create', address: '/tokens?create=true' },
    { name: 'compare-two', address: `/compare?source=${two[0]}&target=${two[1]}` },
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
