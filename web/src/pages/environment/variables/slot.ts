import type { Variable } from '~/api/queries/config';

export type Scope = 'global' | 'service' | 'feature';

/** Where a variable stands within a level. */
export interface Slot {
  scope: Scope;
  target: string;
  key: string;
}

/** KEY, SERVICE/KEY or feature:NAME/KEY, as the API has it. */
export function slotOf({ scope, target, key }: Pick<Variable, 'scope' | 'target' | 'key'>): string {
  if (scope === 'service') return `${target ?? ''}/${key}`;
  return target ? `${scope}:${target}/${key}` : key;
}

export function parseSlot(slot: string): Slot {
  const cut = slot.indexOf('/');
  if (cut < 0) return { scope: 'global', target: '', key: slot };
  const [target, key] = [slot.slice(0, cut), slot.slice(cut + 1)];
  return target.startsWith('feature:') ? { scope: 'feature', target: target.slice(8), key } : { scope: 'service', target, key };
}

/** How a slot is called in changes, differences and problems: variables.KEY, variables.SERVICE.KEY. */
export function pathOf(slot: string): string {
  const { scope, target, key } = parseSlot(slot);
  if (scope === 'service') return `variables.${target}.${key}`;
  return scope === 'feature' ? `variables.features.${target}.${key}` : `variables.${key}`;
}

/** The slot that a path is of; undefined where it is of something else. */
export function slotOfPath(path: string): string | undefined {
  const parts = path.split('.');
  const key = parts.pop();
  if (parts.shift() !== 'variables' || key === undefined || key === '') return undefined;
  if (parts.length === 0) return key;
  if (parts[0] === 'features' && parts.length > 1) return `feature:${parts.slice(1).join('.')}/${key}`;
  return `${parts.join('.')}/${key}`;
}
