import type { Schema } from '~/api/client';
import type { Variable } from '~/api/queries/config';

/** Where a change is made: for this environment, for all of its type, or for the whole project. */
export const levels = ['environment', 'type', 'project'] as const;
export type Level = (typeof levels)[number];

type Validation = Schema<'VariableValidation'>;

/** What a change says; what it leaves out stays. */
export interface Fields {
  value?: string;
  type?: string;
  sensitive?: boolean;
  required?: boolean;
  description?: string;
  defaultValue?: string;
  validation?: Validation;
}

/** A change that is not saved: what one level is to say in one slot. Null removes. */
export interface Entry {
  level: Level;
  slot: string;
  change: Fields | null;
  /** What the level said when the change was begun; undefined where it said nothing. */
  before: Variable | undefined;
}

/** All changes that are not saved, by level and slot. */
export type Draft = ReadonlyMap<string, Entry>;

export const nothing: Draft = new Map();

export function placeOf({ level, slot }: Pick<Entry, 'level' | 'slot'>): string {
  return `${level} ${slot}`;
}

/** Adds an entry, in place of the one before it there. One that changes nothing is taken out instead. */
export function put(draft: Draft, entry: Entry): Draft {
  const next = new Map(draft);
  const idle = entry.change === null ? entry.before === undefined : entry.before !== undefined && Object.keys(entry.change).length === 0;
  if (idle) next.delete(placeOf(entry));
  else next.set(placeOf(entry), entry);
  return next;
}

export function drop(draft: Draft, entry: Pick<Entry, 'level' | 'slot'>): Draft {
  const next = new Map(draft);
  next.delete(placeOf(entry));
  return next;
}

/** The entries of a level as the API takes them. */
export function bodyOf(draft: Draft, level: Level): Record<string, Fields | null> {
  const body: Record<string, Fields | null> = {};
  for (const entry of draft.values()) if (entry.level === level) body[entry.slot] = entry.change;
  return body;
}

/** What of a variable a change can be in conflict with. */
function mark(variable: Variable | undefined): string {
  if (!variable) return '';
  const { value, type, sensitive, secretVersion, required, description, defaultValue, validation } = variable;
  return JSON.stringify([value, type, sensitive, secretVersion, required, description ?? '', defaultValue ?? '', validation ?? null]);
}

/** Whether somebody changed the same variable since this change was begun. */
export function conflicts(entry: Entry, now: Variable | undefined): boolean {
  return mark(entry.before) !== mark(now);
}

/** What the form says otherwise than what there was. */
export function differing(before: Variable | undefined, form: Required<Omit<Fields, 'value'>> & { value: string | undefined }): Fields {
  const out: Fields = {};
  if (form.value !== undefined && (!before || before.sensitive || form.value !== before.value)) out.value = form.value;
  if (form.type !== (before?.type ?? 'string')) out.type = form.type;
  if (form.sensitive !== (before?.sensitive ?? false)) out.sensitive = form.sensitive;
  if (form.required !== (before?.required ?? false)) out.required = form.required;
  if (form.description !== (before?.description ?? '')) out.description = form.description;
  if (form.defaultValue !== (before?.defaultValue ?? '')) out.defaultValue = form.defaultValue;
  if (JSON.stringify(form.validation) !== JSON.stringify(before?.validation ?? {})) out.validation = form.validation;
  return out;
}
