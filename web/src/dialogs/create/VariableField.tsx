import { NumberInput, PasswordInput, Switch, TextInput } from '@mantine/core';
import type { Schema } from '~/api/client';
import { Select } from '~/parts/Choice';

interface Props {
  variable: Schema<'TemplateVariable'>;
  value: unknown;
  onChange: (value: unknown) => void;
  error: string | undefined;
}

/** One variable of a template, asked for as its type wants it. Empty takes the template's own value. */
export function VariableField({ variable, value, onChange, error }: Props) {
  const { key, description, required = false, type, defaultValue, validation, sensitive } = variable;
  const usual = defaultValue === undefined || defaultValue === '' ? '' : typeof defaultValue === 'string' ? defaultValue : JSON.stringify(defaultValue);
  const says = { label: key, description, required: required && usual === '', error };
  if (type === 'boolean') {
    return <Switch label={key} description={description} checked={value === undefined ? defaultValue === true : value === true} onChange={({ currentTarget: { checked } }) => onChange(checked)} error={error} />;
  }
  if (validation?.enum && validation.enum.length > 0) {
    return <Select {...says} data={validation.enum} value={typeof value === 'string' ? value : usual} onChange={(chosen) => onChange(chosen === usual || chosen === null ? undefined : chosen)} />;
  }
  if (type === 'number') {
    return (
      <NumberInput
        {...says}
        placeholder={usual}
        value={typeof value === 'number' ? value : ''}
        onChange={(number) => onChange(typeof number === 'number' ? number : undefined)}
        {...(validation?.min !== undefined && { min: validation.min })}
        {...(validation?.max !== undefined && { max: validation.max })}
      />
    );
  }
  const text = { value: typeof value === 'string' ? value : '', onChange: (event: { currentTarget: { value: string } }) => onChange(event.currentTarget.value === '' ? undefined : event.currentTarget.value) };
  if (sensitive === true) return <PasswordInput {...says} {...text} autoComplete="new-password" />;
  return <TextInput {...says} {...text} placeholder={usual} autoComplete="off" spellCheck={false} />;
}
