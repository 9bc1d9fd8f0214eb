import type { Variable } from '~/api/queries/config';
import type { Entry, Fields } from './draft';
import { parseSlot, slotOf, type Scope } from './slot';

/** What stands in the form. A value that is undefined is left as it is: that of a secret is never here. */
export interface Form extends Required<Omit<Fields, 'value'>> {
  key: string;
  scope: Scope;
  target: string;
  value: string | undefined;
}

/** What the form begins with: the change that was begun, over what the level says, over what is inherited. */
export function begin(before: Variable | undefined, inherited: Variable | undefined, entry: Entry | undefined): Form {
  const of = before ?? inherited;
  const { scope, target, key } = parseSlot(entry?.slot ?? (of ? slotOf(of) : ''));
  const change = entry?.change ?? {};
  return {
    key,
    scope,
    target,
    value: change.value ?? (of?.sensitive || of === undefined ? (of ? undefined : '') : of.value),
    type: change.type ?? of?.type ?? 'string',
    sensitive: change.sensitive ?? of?.sensitive ?? false,
    required: change.required ?? before?.required ?? false,
    description: change.description ?? before?.description ?? '',
    defaultValue: change.defaultValue ?? before?.defaultValue ?? '',
    validation: change.validation ?? before?.validation ?? {},
  };
}

export function slotOfForm({ scope, target, key }: Pick<Form, 'scope' | 'target' | 'key'>): string {
  return slotOf({ scope, target: scope === 'global' ? undefined : target, key });
}
