import { Checkbox, PasswordInput, SegmentedControl, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import type { Variable } from '~/api/queries/config';
import { Select } from '~/parts/Choice';
import { useFormat, useText } from '~/text/text';
import { levels, type Level } from './draft';
import type { Form } from './form';
import type { Owner } from './levels';
import type { Row } from './rows';

interface Props {
  form: Form;
  setForm: (form: Form) => void;
  row: Row | undefined;
  before: Variable | undefined;
  level: Level;
  setLevel: (level: Level) => void;
  owner: Owner;
  services: readonly string[];
  problem: string | undefined;
}

const types = ['string', 'number', 'boolean', 'json', 'url', 'file'] as const;
const mono = { input: { fontFamily: 'var(--mantine-font-family-monospace)' } };

/** Name, place, value and type of a variable. */
export function FormFields({ form, setForm, row, before, level, setLevel, owner, services, problem }: Props) {
  const text = useText();
  const t = text.variables;
  const f = useFormat();
  const set = (to: Partial<Form>) => setForm({ ...form, ...to });
  const names: Record<Level, string> = { environment: owner.environment, type: t.levels.type(text.parts.type[owner.type]), project: t.levels.project };
  const was = before ?? row?.variable;
  return (
    <Stack gap="md">
      {!row && (
        <>
          <TextInput label={t.form.name} description={t.form.nameSays} value={form.key} onChange={({ currentTarget: { value } }) => set({ key: value.trim() })} required autoComplete="off" spellCheck={false} data-autofocus styles={mono} />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Select
              label={t.form.scope}
              value={form.scope}
              data={(['global', 'service', 'feature'] as const).map((value) => ({ value, label: t.form.scopes[value] }))}
              onChange={(scope) => set({ scope: (scope ?? 'global'), target: scope === 'service' ? (services[0] ?? '') : '' })}
              allowDeselect={false}
            />
            {form.scope === 'service' && <Select label={t.form.service} value={form.target} data={[...services]} onChange={(target) => set({ target: target ?? '' })} allowDeselect={false} />}
            {form.scope === 'feature' && <TextInput label={t.form.feature} value={form.target} onChange={({ currentTarget: { value } }) => set({ target: value.trim() })} required />}
          </SimpleGrid>
        </>
      )}
      <div>
        <Text size="sm" fw={500} id="variable-level">
          {t.form.level}
        </Text>
        <Text size="xs" c="dimmed" mb={4}>
          {t.form.levelSays}
        </Text>
        <SegmentedControl fullWidth aria-labelledby="variable-level" value={level} data={levels.map((value) => ({ value, label: names[value] }))} onChange={(value) => setLevel(value)} styles={{ label: { whiteSpace: 'normal' } }} />
      </div>
      <ValueField form={form} set={set} secretVersion={was?.sensitive ? was.secretVersion : undefined} version={(n) => t.form.secretSays(f.number(n))} problem={problem} />
      <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'end' }}>
        <Select label={t.form.type} value={form.type} data={[...types, ...(form.type === 'secret' ? ['secret' as const] : [])].map((value) => ({ value, label: t.types[value] }))} onChange={(type) => set({ type: type ?? 'string' })} allowDeselect={false} />
        <Stack gap={6}>
          <Switch label={t.form.secret} description={was?.sensitive ? t.form.secretStays : t.form.secretHint} checked={form.sensitive} disabled={was?.sensitive ?? false} onChange={({ currentTarget: { checked } }) => set({ sensitive: checked })} />
        </Stack>
      </SimpleGrid>
      <TextInput label={t.form.description} value={form.description} onChange={({ currentTarget: { value } }) => set({ description: value })} />
      <Checkbox label={t.form.required} description={t.form.requiredHint} checked={form.required} onChange={({ currentTarget: { checked } }) => set({ required: checked })} />
    </Stack>
  );
}

interface ValueProps {
  form: Form;
  set: (to: Partial<Form>) => void;
  secretVersion: number | undefined;
  version: (n: number) => string;
  problem: string | undefined;
}

/** The value: hidden where it is secret, a choice where only some are allowed, else a text. */
function ValueField({ form, set, secretVersion, version, problem }: ValueProps) {
  const t = useText().variables;
  const value = form.value ?? '';
  const put = ({ currentTarget }: { currentTarget: { value: string } }) => set({ value: currentTarget.value });
  if (form.sensitive) {
    return (
      <PasswordInput
        label={secretVersion === undefined ? t.form.value : t.form.newValue}
        description={secretVersion === undefined ? undefined : version(secretVersion)}
        value={value}
        onChange={({ currentTarget }) => set({ value: currentTarget.value === '' && secretVersion !== undefined ? undefined : currentTarget.value })}
        error={problem}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t.reveal.show(form.key) }}
      />
    );
  }
  const choices = form.validation.enum ?? (form.type === 'boolean' ? ['true', 'false'] : undefined);
  if (choices && (value === '' || choices.includes(value))) {
    return <Select label={t.form.value} value={value === '' ? null : value} data={choices} onChange={(next) => set({ value: next ?? '' })} error={problem} clearable />;
  }
  return (
    <Textarea label={t.form.value} description={t.form.valueSays} value={value} onChange={put} error={problem} autosize minRows={1} maxRows={12} spellCheck={false} inputMode={form.type === 'number' ? 'decimal' : undefined} styles={mono} />
  );
}
