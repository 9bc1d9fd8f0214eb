import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { useText } from '~/text/text';

/**
 * Asks for a thing's name before something is done to it that cannot be undone, or reaches users. It says whether the
 * name is right: `<ConfirmName name="production" onMatch={setSure} />`; the button stays off until then.
 */
export function ConfirmName({ name, onMatch }: { name: string; onMatch: (matches: boolean) => void }) {
  const t = useText().parts.confirm;
  const [typed, setTyped] = useState('');
  const wrong = typed !== '' && !name.startsWith(typed);
  return (
    <TextInput
      label={t.typeName(name)}
      value={typed}
      error={wrong && t.mismatch(name)}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        onMatch(value === name);
      }}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      data-autofocus
    />
  );
}
