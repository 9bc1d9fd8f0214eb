import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useText } from '~/text/text';

interface Props {
  schema: unknown;
  /** A schema, undefined for none; null where what stands there is no JSON yet. */
  onChange: (schema: { value: unknown } | null) => void;
  /** What the server says of it. */
  problem: string | undefined;
}

/** A JSON Schema that values of type json have to fit. It is kept as text while it is written. */
export function SchemaField({ schema, onChange, problem }: Props) {
  const t = useText().variables.form;
  const [text, setText] = useState(() => (schema === undefined ? '' : JSON.stringify(schema, undefined, 2)));
  const mistake = text.trim() === '' ? undefined : mistakeOf(text);
  return (
    <Textarea
      label={t.schema}
      description={t.schemaSays}
      placeholder={'{"type": "object", "required": ["host"]}'}
      value={text}
      onChange={({ currentTarget: { value } }) => {
        setText(value);
        if (value.trim() === '') onChange({ value: undefined });
        else onChange(mistakeOf(value) === undefined ? { value: JSON.parse(value) as unknown } : null);
      }}
      error={mistake === undefined ? problem : t.noJson(mistake)}
      autosize
      minRows={2}
      maxRows={16}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
    />
  );
}

function mistakeOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

/** Whether something that is wrong with a variable is wrong with its schema, and not with its value. */
export function isOfSchema(message: string): boolean {
  return /its schema cannot be used|a schema is for variables/.test(message);
}
