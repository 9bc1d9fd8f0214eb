import type { Card } from '~/api/queries/overview';

export type Group = 'standby' | 'edge' | 'ephemeral' | 'other';

export interface Arrangement {
  /** The stages, in the pipeline's order. */
  pipeline: readonly Card[];
  /** Everything else by what it is for; the groups in their order, what is unwell first in each. */
  groups: readonly { group: Group; cards: readonly Card[] }[];
  /** How many stand outside the pipeline. */
  rest: number;
}

const order = ['development', 'testing', 'staging', 'production', 'custom', 'preview'];
const groups: readonly Group[] = ['standby', 'edge', 'ephemeral', 'other'];

/** Where each environment stands. Without a pipeline, the ones that are named as their types make one. */
export function arrange(environments: readonly Card[], pipeline: readonly string[]): Arrangement {
  const shown = environments.filter(({ status }) => status !== 'archived');
  const stages =
    pipeline.length > 0
      ? pipeline.flatMap((stage) => shown.find(({ name }) => name === stage) ?? [])
      : shown.filter(({ name, type }) => name === type).sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
  const rest = shown.filter((card) => !stages.includes(card)).sort((a, b) => urgency(b) - urgency(a) || a.name.localeCompare(b.name));
  return {
    pipeline: stages,
    groups: groups.map((group) => ({ group, cards: rest.filter((card) => groupOf(card) === group) })).filter(({ cards }) => cards.length > 0),
    rest: rest.length,
  };
}

function groupOf({ role, type }: Card): Group {
  if (role === 'standby' || role === 'disaster_recovery' || role === 'live') return 'standby';
  if (role === 'edge' || role === 'ephemeral') return role;
  return type === 'preview' ? 'ephemeral' : 'other';
}

const grave: Partial<Record<string, number>> = { down: 3, unhealthy: 3, degraded: 2, warning: 1 };

/** How soon somebody should look: 0 is not at all. */
export function urgency({ status, health, alerts = 0 }: Card): number {
  if (status === 'failed') return 4;
  return Math.max(grave[health?.status ?? ''] ?? 0, alerts > 0 ? 2 : 0);
}
