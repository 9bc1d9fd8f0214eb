import type { Environment } from '~/api/queries/environments';
import { asFlag, asOneOf, asText, type RawSearch } from '~/shell/search';

export const types = ['development', 'testing', 'staging', 'production', 'preview', 'custom'] as const;
export const statuses = ['active', 'deploying', 'failed', 'maintenance', 'inactive', 'archived'] as const;
export const healths = ['well', 'unwell', 'unknown'] as const;

/** How the list is searched, filtered and sorted; it stands in the address. */
export interface ListSearch {
  q?: string | undefined;
  type?: (typeof types)[number] | undefined;
  status?: (typeof statuses)[number] | undefined;
  health?: (typeof healths)[number] | undefined;
  tag?: string | undefined;
  sort?: string | undefined;
  down?: true | undefined;
  /** Whether services are shown: each environment that is seen is asked for its own. */
  services?: true | undefined;
}

export const listSearch = (search: RawSearch): ListSearch => ({
  q: asText(search.q),
  type: asOneOf(search.type, types),
  status: asOneOf(search.status, statuses),
  health: asOneOf(search.health, healths),
  tag: asText(search.tag),
  sort: asText(search.sort),
  down: asFlag(search.down),
  services: asFlag(search.services),
});

/** Those that are looked for. Archived ones only where they are asked for. */
export function found(environments: readonly Environment[], search: ListSearch): readonly Environment[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return environments.filter((each) => {
    if (search.status ? each.status !== search.status : each.status === 'archived') return false;
    if (search.type && each.type !== search.type) return false;
    if (search.health && wellness(each) !== search.health) return false;
    if (search.tag && !each.metadata.tags?.includes(search.tag)) return false;
    const text = [each.name, each.description, each.type, each.metadata.version, each.spec.region, ...(each.metadata.tags ?? [])].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function wellness({ health }: Environment): (typeof healths)[number] {
  if (!health || health.status === 'unknown' || (health.desired === 0 && health.score === 0)) return 'unknown';
  return health.score === 100 ? 'well' : 'unwell';
}

/** Every tag that is there, in order. */
export function tagsOf(environments: readonly Environment[]): string[] {
  return [...new Set(environments.flatMap(({ metadata }) => metadata.tags ?? []))].sort();
}
