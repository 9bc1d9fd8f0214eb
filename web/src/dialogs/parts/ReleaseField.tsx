import { Group, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { list } from '~/api/client';
import { environmentsQuery } from '~/api/queries/environments';
import { releasesQuery } from '~/api/queries/releases';
import { Select } from '~/parts/Choice';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

interface Props {
  value: string | null;
  onChange: (version: string | null) => void;
  /** Whoever is brought there: beside it stands that it runs there already. */
  environment: string | null;
  /** "the newest at that time" may be chosen as well. */
  latest?: string;
}

/** A release, the newest first, with where each runs. */
export function ReleaseField({ value, onChange, environment, latest }: Props) {
  const t = useText();
  const project = useProject();
  const releases = useInfiniteQuery(releasesQuery(project, 200));
  const environments = useQuery(environmentsQuery(project)).data;
  const all = useMemo(() => (releases.data?.pages ?? []).flatMap((page) => list(page.items)), [releases.data]);
  const data = [...(latest === undefined ? [] : [{ value: 'latest', label: latest }]), ...all.map(({ version }) => ({ value: version, label: version }))];
  if (value !== null && !data.some((item) => item.value === value)) data.unshift({ value, label: value });
  return (
    <Select
      label={t.dialogs.release}
      placeholder={releases.isPending ? t.parts.loading(t.dialogs.releases) : t.dialogs.choose}
      data={data}
      value={value}
      onChange={onChange}
      error={releases.error?.message ?? (releases.data && all.length === 0 ? t.dialogs.noRelease : undefined)}
      searchable
      nothingFoundMessage={t.dialogs.noneFound}
      maxDropdownHeight={280}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      renderOption={({ option }) => {
        const runsIn = (environments ?? []).filter(({ metadata }) => metadata.version === option.value).map(({ name }) => name);
        const bad = list(all.find(({ version }) => version === option.value)?.quarantined).some((q) => q.environment === environment);
        const says = [runsIn.length > 0 && t.dialogs.runsIn(runsIn.join(', ')), bad && environment !== null && t.dialogs.wasRolledBack(environment)];
        return (
          <Group justify="space-between" w="100%" gap="md" wrap="nowrap">
            <span style={{ fontFamily: 'var(--mantine-font-family-monospace)', overflowWrap: 'anywhere' }}>{option.label}</span>
            <Text span size="sm" c={bad ? 'var(--state-warn)' : 'dimmed'} ta="right">
              {says.filter(Boolean).join(' · ')}
            </Text>
          </Group>
        );
      }}
    />
  );
}
