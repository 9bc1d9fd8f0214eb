import { ComboboxChevron, Input, InputBase, type ComboboxData, type InputBaseProps, type MultiSelectProps, type SelectProps, type TagsInputProps } from '@mantine/core';
import { lazy, Suspense, useState, type ComponentPropsWithoutRef, type KeyboardEvent, type ReactNode } from 'react';

const load = () => import('./ChoiceBox');
const OneBox = lazy(() => load().then(({ OneBox }) => ({ default: OneBox })));
const loadMany = () => import('./ManyBox');
const ManyBox = lazy(() => loadMany().then(({ ManyBox }) => ({ default: ManyBox })));
const loadTags = () => import('./TagsBox');
const TagsBox = lazy(() => loadTags().then(({ TagsBox }) => ({ default: TagsBox })));

/**
 * A choice among some: Mantine's Select, of which only the field is there at first. What opens under it is loaded as
 * the pointer or the focus comes near, so that no page waits for lists that nobody has opened yet.
 */
export function Select<Value extends string = string>(props: SelectProps<Value>) {
  const { data, value, onChange, searchable, clearable, clearButtonProps } = props;
  const real = (opened: boolean) => <OneBox {...(props as unknown as SelectProps)} opened={opened} />;
  const clear = clearable === true && value != null ? <Input.ClearButton tabIndex={-1} aria-hidden {...clearButtonProps} onClick={() => onChange?.(null, null)} /> : undefined;
  return <Later field={fieldOf(props)} label={labelOf(data as ComboboxData | undefined, value)} clear={clear} typed={searchable === true} load={load} real={real} />;
}

/** The same of several: Mantine's MultiSelect. What is chosen stands in it, so one with a choice is there at once. */
export function MultiSelect(props: MultiSelectProps) {
  const { value, searchable } = props;
  return <Later field={fieldOf(props)} label="" filled={(value ?? []).length > 0} typed={searchable === true} load={loadMany} real={(opened) => <ManyBox {...props} opened={opened} />} />;
}

/** Words that one types: Mantine's TagsInput, likewise. */
export function TagsInput(props: TagsInputProps) {
  const { value } = props;
  return <Later field={fieldOf(props)} label="" filled={(value ?? []).length > 0} typed free load={loadTags} real={(opened) => <TagsBox {...props} opened={opened} />} />;
}

type Field = InputBaseProps & Omit<ComponentPropsWithoutRef<'input'>, 'size'>;

interface LaterProps {
  field: Field;
  /** What stands in the field. */
  label: string;
  /** The button that clears it. */
  clear?: ReactNode;
  /** Shows what is chosen in a way of its own, so that it is there at once. */
  filled?: boolean;
  /** One types into it to find something. */
  typed: boolean;
  /** Nothing opens under it: one types what one likes. */
  free?: boolean;
  load: () => Promise<unknown>;
  real: (opened: boolean) => ReactNode;
}

function Later({ field, label, clear, filled = false, typed, free = false, load, real }: LaterProps) {
  const [wanted, setWanted] = useState(false);
  const want = () => setWanted(true);
  const opens = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent) => {
    const letter = key.length === 1 && !ctrlKey && !metaKey && !altKey;
    if (key === 'ArrowDown' || key === 'ArrowUp' || key === 'Enter' || key === ' ' || (typed && letter)) want();
  };
  const plain = (
    <InputBase
      {...field}
      {...(!free && { role: 'combobox', 'aria-haspopup': 'listbox', 'aria-expanded': false })}
      autoComplete="off"
      rightSection={clear ?? (!free && <ComboboxChevron size={field.size} error={field.error} />)}
      rightSectionPointerEvents={clear ? 'all' : 'none'}
      pointer={!typed}
      readOnly={!typed}
      value={label}
      onChange={want}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={want}
      onKeyDown={opens}
    />
  );
  return wanted || filled ? <Suspense fallback={plain}>{real(wanted)}</Suspense> : plain;
}

/** What is the field's own: the rest is of what opens under it. */
function fieldOf(props: object): Field {
  return Object.fromEntries(Object.entries(props).filter(([name]) => !below.has(name)));
}

const below = new Set(['data', 'value', 'onChange', 'searchable', 'clearable', 'clearButtonProps', 'allowDeselect', 'nothingFoundMessage', 'limit', 'filter', 'renderOption', 'comboboxProps', 'maxDropdownHeight', 'allowDuplicates', 'splitChars']);

function labelOf(data: ComboboxData | undefined, value: string | null | undefined): string {
  for (const each of data ?? []) {
    if (typeof each === 'object' && 'group' in each) {
      const within = labelOf(each.items as ComboboxData, value);
      if (within !== '') return within;
    } else if (typeof each === 'object' ? each.value === value : each === value) {
      return typeof each === 'object' ? each.label : each;
    }
  }
  return '';
}
