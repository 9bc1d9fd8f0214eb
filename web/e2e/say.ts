import type { Page } from 'playwright-core';

// What a person does and sees, in few words. Everything is found by its role and the name that is read out.

type Role = Parameters<Page['getByRole']>[0];

/** Waits until something is to be seen. */
export async function sees(page: Page, role: Role, name: string | RegExp): Promise<void> {
  await page.getByRole(role, { name }).first().waitFor();
}

export async function reads(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).filter({ visible: true }).first().waitFor();
}

/** Waits until something is no longer to be seen. */
export async function misses(page: Page, role: Role, name: string | RegExp): Promise<void> {
  await page.getByRole(role, { name }).first().waitFor({ state: 'hidden' });
}

export async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).filter({ visible: true }).first().click();
}

/** Waits for the page's heading, and for what it shows to be there. */
export async function arrives(page: Page, title: string | RegExp): Promise<void> {
  await page.getByRole('heading', { level: 1, name: title }).waitFor();
  await settled(page);
}

/** Waits until nothing says that it is being loaded. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => ![...document.querySelectorAll('[role=status]')].some((e) => /^(Loading|Memuat) /.test((e as HTMLElement).innerText)));
}

/** Waits until one is inside: the navigation is there. */
export async function inside(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).filter({ visible: true }).waitFor();
  await settled(page);
}

/** Chooses one of a few that stand side by side. */
export async function choose(page: Page, of: string, option: string): Promise<void> {
  await page.getByRole('radiogroup', { name: of }).getByText(option, { exact: true }).click();
}

/** From the overview to an environment. */
export async function toEnvironment(page: Page, name: string): Promise<void> {
  await page.getByRole('article', { name, exact: true }).getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** Counts clicks from now on: `const clicks = await counting(page); …; await clicks()`. */
export async function counting(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const counted = globalThis as unknown as { clicks?: number };
    if (counted.clicks === undefined) addEventListener('click', ({ isTrusted }) => (counted.clicks = (counted.clicks ?? 0) + (isTrusted ? 1 : 0)), true);
    counted.clicks = 0;
  });
  return () => page.evaluate(() => (globalThis as unknown as { clicks: number }).clicks);
}

/** The dialog that is open. */
export function dialog(page: Page) {
  return page.getByRole('dialog').last();
}

/** Goes to an address within the dashboard, as a link does: without loading everything again. */
export async function visit(page: Page, address: string): Promise<void> {
  await travel(page, address);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await settled(page);
}

export async function travel(page: Page, address: string): Promise<void> {
  await page.evaluate((to) => (globalThis as unknown as { __TSR_ROUTER__: { navigate: (to: { href: string }) => Promise<void> } }).__TSR_ROUTER__.navigate({ href: to }), address);
}

/** Makes the system's colours light or dark, and waits until the page has them. */
export async function colours(page: Page, scheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: scheme });
  await page.waitForFunction((wanted) => document.documentElement.dataset.mantineColorScheme === wanted, scheme);
  await page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    await Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined)));
  });
}
