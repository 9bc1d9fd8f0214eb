import type { Card, Overview } from '~/api/queries/overview';
import { urgency } from './arrange';

/** Something that somebody should look at, and what is known of it. */
export type Trouble =
  | { kind: 'unknown'; says: string }
  | { kind: 'adrift' }
  | { kind: 'unwell'; card: Card }
  | { kind: 'last'; card: Card; result: 'failed' | 'rolled_back'; deployment: string };

const noticeable = 0.02; // of requests; a share below it is the noise of a busy day

/** What is not well, the worst first: nobody knows, users are nowhere, then environments, live ones before others. */
export function troubles({ unknown, live, environments }: Overview): readonly Trouble[] {
  const found: Trouble[] = [];
  if (live.adrift) found.push({ kind: 'adrift' });
  if (unknown) found.push({ kind: 'unknown', says: unknown });
  const cards = environments.filter(({ status }) => status !== 'archived');
  const unwell = cards.filter((card) => urgency(card) > 0 || errorShare(card) >= noticeable);
  unwell.sort((a, b) => weight(b) - weight(a) || a.name.localeCompare(b.name));
  found.push(...unwell.map((card): Trouble => ({ kind: 'unwell', card })));
  for (const card of cards) {
    const { lastActivity: last } = card;
    if (unwell.includes(card) || last?.kind !== 'deployment' || !last.operationId) continue;
    if (last.result === 'failed' || last.result === 'rolled_back') found.push({ kind: 'last', card, result: last.result, deployment: last.operationId });
  }
  return found;
}

/** The share of requests that fail, 0..1. */
export function errorShare({ requestsPerSecond, errorsPerSecond }: Card): number {
  return requestsPerSecond > 0.2 ? errorsPerSecond / requestsPerSecond : 0;
}

/** Users first: what is unwell where they are outweighs everything elsewhere. */
function weight(card: Card): number {
  return urgency(card) + (card.current ? 10 : 0) + (card.stage !== undefined ? 0.5 : 0);
}
