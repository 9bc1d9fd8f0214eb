import { Accordion, NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import type { Schema } from '~/api/client';
import { useText } from '~/text/text';
import type { Form } from './form';
import { SchemaField } from './SchemaField';

type Validation = Schema<'VariableValidation'>;

interface Props {
  form: Form;
  setForm: (form: Form) => void;
  /** What the server says of the schema. */
  schemaProblem: string | undefined;
  /** The schema that is being written is no JSON yet. */
  onUnfinished: (unfinished: boolean) => void;
}

/** What is demanded of the value, here and on every level below. */
export function Demands({ form, setForm, schemaProblem, onUnfinished }: Props) {
  const t = useText().variables.form;
  const { validation } = form;
  const set = (to: { [K in keyof Validation]?: Validation[K] | undefined }) => {
    // What is empty is not demanded; an undefined key would be sent as a demand that there is none.
    const next = Object.fromEntries(Object.entries({ ...validation, ...to }).filter(([, value]) => value !== undefined && value !== ''));
    setForm({ ...form, validation: next });
  };
  const number = (label: string, name: 'min' | 'max' | 'minLength' | 'maxLength') => (
    <NumberInput label={label} value={validation[name] ?? ''} onChange={(value) => set({ [name]: value === '' ? undefined : Number(value) })} />
  );
  return (
    <Accordion variant="contained" defaultValue={Object.keys(validation).length > 0 || form.defaultValue !== '' ? 'demands' : null} chevronPosition="left">
      <Accordion.Item value="demands">
        <Accordion.Control>{t.demands}</Accordion.Control>
        <Accordion.Panel>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput label={t.defaultValue} description={t.defaultSays} value={form.defaultValue} onChange={({ currentTarget: { value } }) => setForm({ ...form, defaultValue: value })} disabled={form.sensitive} />
            <TextInput label={t.pattern} value={validation.pattern ?? ''} onChange={({ currentTarget: { value } }) => set({ pattern: value })} spellCheck={false} mt="auto" />
            {number(t.min, 'min')}
            {number(t.max, 'max')}
            {number(t.minLength, 'minLength')}
            {number(t.maxLength, 'maxLength')}
            <Choices values={validation.enum} label={t.enum} onChange={(values) => set({ enum: values })} />
          </SimpleGrid>
          {(form.type === 'json' || validation.schema !== undefined) && (
            <SchemaField
              schema={validation.schema}
              problem={schemaProblem}
              onChange={(schema) => {
                onUnfinished(schema === null);
                if (schema !== null) set({ schema: schema.value });
              }}
            />
          )}
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

function Choices({ values, label, onChange }: { values: string[] | undefined; label: string; onChange: (values: string[] | undefined) => void }) {
  return (
    <TextInput
      label={label}
      defaultValue={values?.join(', ') ?? ''}
      onChange={({ currentTarget: { value } }) => {
        const all = value.split(',').map((one) => one.trim()).filter(Boolean);
        onChange(all.length > 0 ? all : undefined);
      }}
    />
  );
}
