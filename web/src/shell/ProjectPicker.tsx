import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { list } from '~/api/client';
import { projectsQuery } from '~/api/queries/projects';
import { useProject } from './use-project';

const ProjectSelect = lazy(() => import('./ProjectSelect').then(({ ProjectSelect }) => ({ default: ProjectSelect })));

/** Which project is looked at; a word where there is one only. */
export function ProjectPicker() {
  const names = list(useQuery(projectsQuery).data).map(({ name }) => name);
  const asked = useProject();
  const chosen = asked ?? names.find((name) => name === 'default');
  if (names.length === 0) return null;
  const word = (
    <Text size="sm" c="dimmed" truncate visibleFrom="sm">
      {chosen ?? names[0]}
    </Text>
  );
  if (names.length === 1) return word;
  return (
    <Suspense fallback={word}>
      <ProjectSelect names={names} chosen={chosen} />
    </Suspense>
  );
}
