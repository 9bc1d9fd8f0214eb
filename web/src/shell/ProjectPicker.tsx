import { Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { list } from '~/api/client';
import { projectsQuery } from '~/api/queries/projects';
import { useText } from '~/text/text';
import { addresses } from './addresses';
import { useProject } from './use-project';

/** Which project is looked at; a word where there is one only. */
export function ProjectPicker() {
  const t = useText().shell;
  const projects = list(useQuery(projectsQuery).data);
  const asked = useProject();
  const navigate = useNavigate();
  const only = projects[0];
  if (!only) return null;
  if (projects.length === 1) {
    return (
      <Text size="sm" c="dimmed" truncate visibleFrom="sm">
        {only.name}
      </Text>
    );
  }
  const chosen = asked ?? projects.find(({ name }) => name === 'default')?.name ?? null;
  return (
    <Select
      aria-label={t.project}
      placeholder={t.project}
      data={projects.map(({ name }) => name)}
      value={chosen}
      onChange={(project) => void navigate({ to: addresses.overview, search: { project: project ?? undefined } })}
      allowDeselect={false}
      searchable={projects.length > 10}
      size="xs"
      w={150}
    />
  );
}
