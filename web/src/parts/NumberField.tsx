import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';

interface Props extends Omit<TextInputProps, 'value' | 'onChange' | 'inputMode'> {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  /** Without a fraction. */
  whole?: boolean;
}

/** A number that one types. What is no number yet ("-", "1.") stays in the field until it is one; arrows count. */
export function NumberField({ value, onChange, whole = false, ...field }: Props) {
  const [typed, setTyped] = useState('');
  const shown = read(typed) === value ? typed : String(value ?? '');
  const put = (text: string) => {
    if (!(whole ? /^-?\d*$/ : /^-?\d*\.?\d*$/).test(text)) return;
    setTyped(text);
    onChange(read(text));
  };
  return (
    <TextInput
      {...field}
      inputMode={whole ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={shown}
      onChange={({ currentTarget }) => put(currentTarget.value.trim())}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
        event.preventDefault();
        put(String((value ?? 0) + (event.key === 'ArrowUp' ? 1 : -1)));
      }}
    />
  );
}

function read(text: string): number | undefined {
  return /\d/.test(text) ? Number(text) : undefined;
}
