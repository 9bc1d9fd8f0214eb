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
  const [seen, setSeen] = useState(value);
  const [sent, setSent] = useState<readonly string[]>([]); // and not seen in the address yet
  if (value !== seen) {
    const at = sent.lastIndexOf(value);
    setSeen(value);
    setSent(sent.slice(at + 1));
    if (at < 0) setTyped(value);
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
        setSent((before) => [...before, next]);
        onSearch(next === '' ? undefined : next);
      }}
      {...rest}
    />
  );
}
