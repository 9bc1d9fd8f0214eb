import type { Difference } from '~/api/queries/syncs';

export const classes = ['unpromoted', 'drifted', 'intended'] as const;
export type Class = (typeof classes)[number];

const sections = ['general', 'application', 'infrastructure', 'integrations', 'features', 'performance', 'logging', 'backup', 'maintenance'];
const overrides = ['command', 'routes', 'health', 'resources', 'validate', 'user'];

/** Whether a sync can bring it over: variables, sections, and what services override; no releases, replicas or strategies. */
export function canSync({ path, class: of }: Difference): boolean {
  if (of === 'drifted') return false;
  const [first = '', , third = ''] = path.split('.');
  if (first === 'services') return overrides.includes(third);
  return first === 'variables' || sections.includes(first);
}

/** What a difference is known by: one path can be drifted on both sides, and unpromoted besides. */
export function keyOf({ class: of, path, environment = '' }: Difference): string {
  return `${of} ${path} ${environment}`;
}

/** Those that fit, class by class in the order of what to look at first. */
export function fitting(all: readonly Difference[], of: Class | undefined, q: string | undefined): Difference[] {
  const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return all
    .filter((difference) => of === undefined || difference.class === of)
    .filter((difference) => {
      const text = JSON.stringify([difference.path, difference.reason, difference.source, difference.target, difference.stored, difference.running]).toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => classes.indexOf(a.class) - classes.indexOf(b.class) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
