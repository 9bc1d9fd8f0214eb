import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe has against the page by WCAG 2.2 AA, or by some rules alone; one line for each element. */
export async function mistakes(page: Page, only: readonly string[] = []): Promise<string[]> {
  // Not a script of the page: its policy would refuse one, rightly.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source);
  const { violations } = await page.evaluate(
    async (only) =>
      (globalThis as unknown as { axe: { run: (on: Document, options: object) => Promise<AxeResults> } }).axe.run(document, {
        runOnly: only.length > 0 ? { type: 'rule', values: only } : ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'],
        // A dialog's heading stands in a <header>; axe takes it for the page's.
        rules: only.length > 0 ? {} : { 'landmark-no-duplicate-banner': { enabled: false }, 'landmark-unique': { enabled: false }, 'landmark-banner-is-top-level': { enabled: false } },
      }),
    only,
  );
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')} ${failureSummary?.split('\n').slice(1).join(' ') ?? ''}`));
}

/** Fails with what axe has against the page. */
export async function accessible(page: Page): Promise<void> {
  const against = await mistakes(page);
  if (against.length > 0) throw new Error(`axe has something against ${page.url()}:\n${against.join('\n')}`);
}
