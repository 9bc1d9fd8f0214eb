import { asNumber, asOneOf, asText, type RawSearch } from '~/shell/search';

export const changes = ['start', 'stop', 'archive', 'unarchive', 'maintenance_on', 'maintenance_off', 'scale', 'enable', 'disable'] as const;
export type ChangeName = (typeof changes)[number];

/** Which change is being asked for; it stands in the address. */
export interface ChangeSearch {
  change?: ChangeName | undefined;
  service?: string | undefined;
  to?: number | undefined;
}

export const changeSearch = (search: RawSearch): ChangeSearch => ({
  change: asOneOf(search.change, changes),
  service: asText(search.service),
  to: asNumber(search.to),
});
