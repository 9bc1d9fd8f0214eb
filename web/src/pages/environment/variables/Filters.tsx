import { Button, Checkbox, Group, TextInput } from '@mantine/core';
import { Select } from '~/parts/Choice';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import type { VariablesSearch } from './rows';

interface Props {
  search: VariablesSearch;
  change: (to: Partial<VariablesSearch>) => void;
  services: readonly string[];
  differing: number;
}

/** What is looked for; all of it stands in the address. */
export function Filters({ search, change, services, differing }: Props) {
  const text = useText();
  const t = text.variables;
  const any = [search.q, search.service, search.level, search.type, search.secret, search.differs].some((x) => x !== undefined);
  const levels = { environment: t.levels.environment, parent: t.levels.parent, type: t.filters.type, project: t.levels.project };
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label={t.filters.title}>
      <TextInput
        aria-label={t.search}
        placeholder={t.search}
        leftSection={<Icon name="search" />}
        value={search.q ?? ''}
        onChange={({ currentTarget: { value } }) => change({ q: value || undefined })}
        style={{ flex: '1 1 220px' }}
      />
      <Choice label={t.filters.service} value={search.service} options={services.map((name) => [name, name])} onChange={(service) => change({ service })} />
      <Choice
        label={t.filters.level}
        value={search.level}
        options={[
          ['environment', levels.environment],
          ['type', t.filters.type],
          ['project', levels.project],
          ['parent', levels.parent],
        ]}
        onChange={(level) => change({ level })}
      />
      <Choice label={t.filters.type} value={search.type} options={Object.entries(t.types)} onChange={(type) => change({ type })} />
      <Choice
        label={t.filters.secret}
        value={search.secret}
        options={[
          ['yes', t.filters.secrets],
          ['no', t.filters.public],
        ]}
        onChange={(secret) => change({ secret: secret === 'yes' || secret === 'no' ? secret : undefined })}
      />
      <Checkbox
        label={`${t.filters.differs} (${differing})`}
        checked={search.differs ?? false}
        onChange={({ currentTarget: { checked } }) => change({ differs: checked ? true : undefined })}
        mb={8}
      />
      {any && (
        <Button
          variant="subtle"
          onClick={() => change({ q: undefined, service: undefined, level: undefined, type: undefined, secret: undefined, differs: undefined })}
        >
          {t.filters.clear}
        </Button>
      )}
    </Group>
  );
}

function Choice({ label, value, options, onChange }: { label: string; value: string | undefined; options: readonly (readonly [string, string])[]; onChange: (value: string | undefined) => void }) {
  const any = useText().variables.filters.any;
  return (
    <Select
      aria-label={label}
      placeholder={`${label}: ${any}`}
      value={value ?? null}
      data={options.map(([value, label]) => ({ value, label }))}
      onChange={(next) => onChange(next ?? undefined)}
      clearable
      w={150}
    />
  );
}
