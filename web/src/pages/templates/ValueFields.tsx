import { PasswordInput, SimpleGrid, TextInput } from '@mantine/core';
import type { TemplateVariable } from '~/api/queries/templates';
import { lineOf } from '~/parts/Changes';
import { Select } from '~/parts/Choice';
import { useFormat, useText } from '~/text/text';
import { demands } from './demands';
import type { Typed } from './values';

interface Props {
  variables: readonly TemplateVariable[];
  typed: Typed;
  problems: ReadonlyMap<string, string>;
  onChange: (typed: Typed) => void;
}

/** A field for each variable of a template, by its type. */
export function ValueFields({ variables, typed, problems, onChange }: Props) {
  const t = useText().templates;
  const f = useFormat();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'start' }}>
      {variables.map((variable) => {
        const { key, type, required, sensitive, description, defaultValue, validation } = variable;
        const set = (value: string) => onChange({ ...typed, [key]: value });
        const shared = {
          label: key,
          description: [description, demands(variable, t.demands, f.number)].filter(Boolean).join('; ') || undefined,
          error: problems.get(`variables.${key}`) ?? problems.get(key),
          placeholder: lineOf(defaultValue),
          required: required ?? false,
        };
        const choices = validation?.enum ?? (type === 'boolean' ? ['true', 'false'] : undefined);
        if (choices) return <Select key={key} {...shared} value={typed[key] === '' ? null : (typed[key] ?? null)} data={choices} onChange={(next) => set(next ?? '')} clearable />;
        if (sensitive || type === 'secret') return <PasswordInput key={key} {...shared} value={typed[key] ?? ''} onChange={({ currentTarget: { value } }) => set(value)} autoComplete="new-password" />;
        return <TextInput key={key} {...shared} value={typed[key] ?? ''} onChange={({ currentTarget: { value } }) => set(value)} inputMode={type === 'number' ? 'decimal' : undefined} spellCheck={false} />;
      })}
    </SimpleGrid>
  );
}
