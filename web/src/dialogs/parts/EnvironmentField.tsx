import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { environmentsQuery } from '~/api/queries/environments';
import { liveQuery } from '~/api/queries/live';
import { useFew } from '~/parts/few';
import { Select } from '~/parts/Choice';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

interface Props {
  label: string;
  value: string | null;
  onChange: (name: string | null) => void;
  /** Left out of the list. */
  without?: string | null | undefined;
  description?: string;
  error?: string | undefined;
}

/** One of the project's environments, with what runs there beside each. */
export function EnvironmentField({ label, value, onChange, without, description, error }: Props) {
  const t = useText();
  const few = useFew();
  const project = useProject();
  const environments = useQuery(environmentsQuery(project));
  const live = useQuery(liveQuery(project)).data?.environment?.name;
  const known = (environments.data ?? []).filter(({ name, status }) => name !== without && status !== 'archived');
  const byName = new Map(known.map((each) => [each.name, each]));
  const names = known.map(({ name }) => name);
  if (value !== null && !names.includes(value)) names.unshift(value);
  return (
    <Select
      label={label}
      description={description}
      placeholder={environments.isPending ? t.parts.loading(t.dialogs.environments) : t.dialogs.choose}
      data={names}
      value={value}
      onChange={onChange}
      error={error ?? environments.error?.message}
      searchable
      filter={few}
      nothingFoundMessage={t.dialogs.noneFound}
      maxDropdownHeight={280}
      renderOption={({ option }) => {
        const environment = byName.get(option.value);
        return (
          <Group justify="space-between" w="100%" gap="md" wrap="nowrap">
            <span style={{ overflowWrap: 'anywhere' }}>{option.label}</span>
            <Text span size="sm" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              {[environment && t.parts.type[environment.type], environment?.metadata.version ?? '', option.value === live && t.parts.current].filter(Boolean).join(' · ')}
            </Text>
          </Group>
        );
      }}
    />
  );
}
