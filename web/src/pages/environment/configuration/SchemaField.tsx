import { ActionIcon, Button, Fieldset, Group, JsonInput, SegmentedControl, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Select, TagsInput } from '~/parts/Choice';
import { Icon } from '~/parts/icons';
import { NumberField } from '~/parts/NumberField';
import { useText } from '~/text/text';
import { isObject, same, type Json } from './sections';
import type { JsonSchema } from './schemas';

export interface FieldProps {
  schema: JsonSchema;
  /** As it is called: its key. */
  name: string;
  /** As problems call it: logging.level. */
  path: string;
  value: unknown;
  onChange: (value: unknown) => void;
  problems: ReadonlyMap<string, string>;
}

/** One value as its JSON Schema describes it; undefined is "not set", and stands in no configuration. */
export function SchemaField(props: FieldProps) {
  const { schema, value } = props;
  if (schema.type === 'object' && schema.properties) return <Properties {...props} />;
  if (schema.type === 'object' && isObject(schema.additionalProperties) && schema.additionalProperties.type) return <Named {...props} of={schema.additionalProperties} />;
  if (schema.type === 'array' && schema.items?.type === 'object') return <Items {...props} of={schema.items} />;
  if (schema.type === 'array' && schema.items?.type === 'string' && (value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string')))) return <Texts {...props} />;
  if (fits(schema, value)) return <Scalar {...props} />;
  return <AnyJson {...props} />;
}

/** Whether a field can show what is there: the server may know a value that its schema does not like. */
function fits({ type }: JsonSchema, value: unknown): boolean {
  if (value === undefined) return type === 'string' || type === 'boolean' || type === 'number' || type === 'integer';
  return typeof value === (type === 'integer' ? 'number' : type);
}

function Scalar({ schema, name, path, value, onChange, problems }: FieldProps) {
  const t = useText().configuration;
  const error = problems.get(path);
  const shared = { label: name, description: schema.description, error };
  const [first] = schema.examples ?? [];
  const example = typeof first === 'string' ? first : undefined;
  if (schema.enum) return <Select {...shared} value={typeof value === 'string' ? value : null} data={[...schema.enum]} onChange={(next) => onChange(next ?? undefined)} placeholder={t.notSet} clearable clearButtonProps={{ 'aria-label': t.clear(name) }} />;
  if (schema.type === 'boolean') {
    const is = typeof value === 'boolean' ? String(value) : '';
    return (
      <div>
        <Text size="sm" fw={500} id={`field-${path}`}>
          {name}
        </Text>
        {schema.description && (
          <Text size="xs" c="dimmed" mb={4}>
            {schema.description}
          </Text>
        )}
        <SegmentedControl
          aria-labelledby={`field-${path}`}
          value={is}
          data={[
            { value: '', label: t.notSet },
            { value: 'true', label: t.yes },
            { value: 'false', label: t.no },
          ]}
          onChange={(next) => onChange(next === '' ? undefined : next === 'true')}
        />
        {error && (
          <Text size="xs" c="var(--mantine-color-error)">
            {error}
          </Text>
        )}
      </div>
    );
  }
  if (schema.type === 'number' || schema.type === 'integer') {
    // Not held to its bounds while one types: the server says what is wrong.
    return <NumberField {...shared} value={typeof value === 'number' ? value : undefined} onChange={onChange} whole={schema.type === 'integer'} placeholder={example ?? t.notSet} />;
  }
  return <TextInput {...shared} value={typeof value === 'string' ? value : ''} onChange={({ currentTarget: { value: next } }) => onChange(next === '' ? undefined : next)} placeholder={example ?? t.notSet} spellCheck={false} />;
}

function Texts({ schema, name, path, value, onChange, problems }: FieldProps) {
  return <TagsInput label={name} description={schema.description} value={Array.isArray(value) ? value.map(String) : []} onChange={(next) => onChange(next.length === 0 ? undefined : next)} error={problems.get(path)} allowDuplicates splitChars={[',']} />;
}

/** What is in an object, its known names first; what its schema does not know stays, as JSON. */
export function Properties({ schema, name, path, value, onChange, problems, bare = false }: FieldProps & { bare?: boolean }) {
  const t = useText().configuration;
  const here = isObject(value) ? value : {};
  const known = schema.properties ?? {};
  const put = (key: string, next: unknown) => onChange(withKey(here, key, next));
  const rest = Object.fromEntries(Object.entries(here).filter(([key]) => !Object.hasOwn(known, key)));
  const wide = (of: JsonSchema) => of.type === 'object' || of.type === 'array';
  const entries = Object.entries(known).sort(([, a], [, b]) => Number(wide(a)) - Number(wide(b)));
  const fields = (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md" style={{ alignItems: 'end' }}>
        {entries.filter(([, of]) => !wide(of)).map(([key, of]) => (
          <SchemaField key={key} schema={of} name={key} path={`${path}.${key}`} value={here[key]} onChange={(next) => put(key, next)} problems={problems} />
        ))}
      </SimpleGrid>
      {entries.filter(([, of]) => wide(of)).map(([key, of]) => (
        <SchemaField key={key} schema={of} name={key} path={`${path}.${key}`} value={here[key]} onChange={(next) => put(key, next)} problems={problems} />
      ))}
      {Object.keys(rest).length > 0 && (
        <AnyJson
          schema={{}}
          name={t.others}
          path={`${path}.*`}
          value={rest}
          onChange={(next) => onChange(orNothing({ ...Object.fromEntries(Object.entries(here).filter(([key]) => Object.hasOwn(known, key))), ...(isObject(next) ? next : {}) }))}
          problems={problems}
        />
      )}
    </Stack>
  );
  return bare ? fields : <Fieldset legend={name}>{schema.description && <Text size="xs" c="dimmed" mb="sm">{schema.description}</Text>}{fields}</Fieldset>;
}

/** Values by names that people choose. */
function Named({ schema, name, path, value, onChange, problems, of }: FieldProps & { of: JsonSchema }) {
  const t = useText().configuration;
  const [adding, setAdding] = useState('');
  const here = isObject(value) ? value : {};
  const add = () => {
    if (adding === '' || Object.hasOwn(here, adding)) return;
    onChange({ ...here, [adding]: of.type === 'object' ? blank(of) : of.type === 'number' ? 0 : '' });
    setAdding('');
  };
  return (
    <Fieldset legend={name}>
      <Stack gap="md">
        {schema.description && (
          <Text size="xs" c="dimmed">
            {schema.description}
          </Text>
        )}
        {Object.entries(here).map(([key, item]) => (
          <Group key={key} gap="sm" align={of.type === 'object' ? 'flex-start' : 'flex-end'} wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <SchemaField schema={of} name={key} path={`${path}.${key}`} value={item} onChange={(next) => onChange({ ...here, [key]: next ?? blank(of) })} problems={problems} />
            </div>
            <Remove name={key} onRemove={() => onChange(withKey(here, key, undefined))} />
          </Group>
        ))}
        <Group gap="sm" align="flex-end">
          <TextInput label={t.addNamed} value={adding} onChange={({ currentTarget: { value: next } }) => setAdding(next.trim())} onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }} spellCheck={false} />
          <Button variant="default" leftSection={<Icon name="plus" />} onClick={add} disabled={adding === '' || Object.hasOwn(here, adding)}>
            {t.add}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}

function Items({ schema, name, path, value, onChange, problems, of }: FieldProps & { of: JsonSchema }) {
  const t = useText().configuration;
  const here: readonly unknown[] = Array.isArray(value) ? value : [];
  const put = (next: readonly unknown[]) => onChange(next.length === 0 ? undefined : next);
  return (
    <Stack gap="md" role="group" aria-label={name}>
      <Text size="sm" fw={500}>
        {name}
      </Text>
      {schema.description && (
        <Text size="xs" c="dimmed">
          {schema.description}
        </Text>
      )}
      {here.map((item, i) => (
        // Items have no names of their own; what is edited keeps its place.
        <Group key={i} gap="sm" align="flex-start" wrap="nowrap">
          <div style={{ flex: 1, minWidth: 0 }}>
            <SchemaField schema={of} name={`${name} ${i + 1}`} path={`${path}[${i}]`} value={item} onChange={(next) => put(here.map((one, j) => (j === i ? (next ?? {}) : one)))} problems={problems} />
          </div>
          <Remove name={`${name} ${i + 1}`} onRemove={() => put(here.filter((_, j) => j !== i))} />
        </Group>
      ))}
      <div>
        <Button variant="default" leftSection={<Icon name="plus" />} onClick={() => put([...here, blank(of)])}>
          {t.addItem(name)}
        </Button>
      </div>
    </Stack>
  );
}

function Remove({ name, onRemove }: { name: string; onRemove: () => void }) {
  const t = useText().configuration;
  return (
    <ActionIcon variant="default" size={36} aria-label={t.removeItem(name)} onClick={onRemove}>
      <Icon name="trash" />
    </ActionIcon>
  );
}

/** What no field fits. What is not JSON yet stays in the field, and out of the configuration. */
function AnyJson({ schema, name, path, value, onChange, problems }: FieldProps) {
  const t = useText().configuration;
  const [typed, setTyped] = useState<{ text: string; of: unknown }>();
  const text = typed && same(typed.of, value) ? typed.text : value === undefined ? '' : JSON.stringify(value, null, 2);
  const [wrong, setWrong] = useState(false);
  return (
    <JsonInput
      label={name}
      description={schema.description}
      value={text}
      error={wrong ? t.notJson : problems.get(path)}
      onChange={(next) => {
        if (next.trim() === '') {
          setWrong(false);
          setTyped(undefined);
          onChange(undefined);
          return;
        }
        try {
          const parsed: unknown = JSON.parse(next);
          setWrong(false);
          setTyped({ text: next, of: parsed });
          onChange(parsed);
        } catch {
          setWrong(true);
          setTyped({ text: next, of: value });
        }
      }}
      autosize
      minRows={1}
      maxRows={16}
    />
  );
}

function withKey(object: Json, key: string, value: unknown): Json | undefined {
  const next = { ...object, [key]: value };
  if (value === undefined) return orNothing(Object.fromEntries(Object.entries(next).filter(([name]) => name !== key)));
  return next;
}

function orNothing(object: Json): Json | undefined {
  return Object.keys(object).length === 0 ? undefined : object;
}

/** The least that a schema takes. */
function blank({ required = [], properties = {}, type }: JsonSchema): unknown {
  if (type !== 'object') return type === 'number' ? 0 : '';
  return Object.fromEntries(required.map((name) => [name, properties[name]?.type === 'boolean' ? false : '']));
}
