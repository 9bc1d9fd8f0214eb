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
