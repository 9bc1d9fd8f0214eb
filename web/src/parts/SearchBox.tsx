import { TextInput, type TextInputProps } from '@mantine/core';
import { useState } from 'react';
import { Icon } from './icons';

interface Props extends Omit<TextInputProps, 'value' | 'onChange' | 'label'> {
  label: string;
  /** What the address says. */
  value: string | undefined;
  onSearch: (value: string | undefined) => void;
}

/**
 * A search whose text stands in the address. What is typed shows at once: an address changes a moment later, and
 * letters would be lost between the two. Where the address changes without being typed, it follows.
 */
export function SearchBox({ label, value = '', onSearch, ...rest }: Props) {
  const [typed, setTyped] = useState(value);
  const [said, setSaid] = useState([value]);
  if (!said.includes(value)) {
    setTyped(value);
    setSaid([value]);
  }
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      leftSection={<Icon name="search" />}
      value={typed}
      autoCapitalize="none"
      spellCheck={false}
      onChange={({ currentTarget: { value: next } }) => {
        setTyped(next);
        setSaid((before) => [...before.slice(-50), next]);
        onSearch(next === '' ? undefined : next);
      }}
      {...rest}
    />
  );
}
