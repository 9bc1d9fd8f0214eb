import type { Variable } from '~/api/queries/config';
import { asFlag, asOneOf, asText, type RawSearch } from '~/shell/search';
import type { Draft, Entry } from './draft';
import { parseSlot, pathOf, slotOf, slotOfPath } from './slot';

export type Show = 'edit' | 'explain' | 'uses' | 'import' | 'add';

/** What the address says of this tab. */
export interface VariablesSearch {
  q?: string | undefined;
  service?: string | undefined;
  level?: string | undefined;
  type?: string | undefined;
  secret?: 'yes' | 'no' | undefined;
  differs?: true | undefined;
  variable?: string | undefined;
  show?: Show | undefined;
}

export function variablesSearch(search: RawSearch): VariablesSearch {
  return {
    q: asText(search.q),
    service: asText(search.service),
    level: asText(search.level),
    type: asText(search.type),
    secret: asOneOf(search.secret, ['yes', 'no']),
    differs: asFlag(search.differs),
    variable: asText(search.variable),
    show: asOneOf(search.show, ['edit', 'explain', 'uses', 'import', 'add']),
  };
}

/** A line of the table: what wins in a slot, and what is about to be changed there. */
export interface Row {
  slot: string;
  variable: Variable | undefined;
  entries: readonly Entry[];
  /** What runs has another value, or none, or has this one although it is gone here. */
  differs: boolean;
}

/** All rows: of what there is, what is about to be added, and what still runs although it was removed. */
export function rowsOf(variables: readonly Variable[], draft: Draft, differing: ReadonlySet<string>): Row[] {
  const entries = new Map<string, Entry[]>();
  for (const entry of draft.values()) entries.set(entry.slot, [...(entries.get(entry.slot) ?? []), entry]);
  const rows = variables.map((variable): Row => {
    const slot = slotOf(variable);
    return { slot, variable, entries: entries.get(slot) ?? [], differs: differing.has(pathOf(slot)) };
  });
  const known = new Set(rows.map(({ slot }) => slot));
  for (const path of differing) {
    const slot = slotOfPath(path);
    if (slot !== undefined && !known.has(slot) && !entries.has(slot)) rows.push({ slot, variable: undefined, entries: [], differs: true });
  }
  for (const [slot, of] of entries) if (!known.has(slot)) rows.push({ slot, variable: undefined, entries: of, differs: differing.has(pathOf(slot)) });
  return rows.sort((a, b) => compare(parseSlot(a.slot).key, parseSlot(b.slot).key) || compare(a.slot, b.slot));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The rows that fit what is looked for. The values of secrets are not looked through: nobody knows them here. */
export function fitting(rows: readonly Row[], search: VariablesSearch): readonly Row[] {
  const words = (search.q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter(({ slot, variable, entries, differs }) => {
    const { scope, target } = parseSlot(slot);
    if (search.differs && !differs) return false;
    // What goes to everybody goes to the service, too.
    if (search.service && scope === 'service' && target !== search.service) return false;
    if (variable) {
      if (search.level && variable.level !== search.level) return false;
      if (search.type && variable.type !== search.type) return false;
      if (search.secret && variable.sensitive !== (search.secret === 'yes')) return false;
    } else if (search.level && !entries.some(({ level }) => level === search.level)) return false;
    const text = `${slot} ${variable?.description ?? ''} ${variable?.sensitive === false ? variable.value : ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
