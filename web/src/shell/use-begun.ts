import { useQuery } from '@tanstack/react-query';
import { projectsQuery } from '~/api/queries/projects';

/**
 * Whether there is a project on this server: before that, nothing that belongs to one is asked for, and there is
 * nothing to do with it. Undefined for the blink until it is known; where it cannot be known, pages say why.
 */
export function useBegun(): boolean | undefined {
  const projects = useQuery(projectsQuery);
  if (projects.data) return projects.data.length > 0;
  return projects.isFetched ? true : undefined; // once it could not be known it stays so: what is on the screen is not taken away while it is asked again
}
