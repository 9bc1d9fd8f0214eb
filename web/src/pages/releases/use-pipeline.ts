import { useQuery } from '@tanstack/react-query';
import { environmentsQuery } from '~/api/queries/environments';
import { projectsQuery } from '~/api/queries/projects';

/** The stages of the project that is looked at, in order. */
export function usePipeline(project: string | undefined): readonly string[] {
  const name = useQuery(environmentsQuery(project)).data?.[0]?.project;
  return useQuery(projectsQuery).data?.find((each) => each.name === name)?.pipeline ?? [];
}
