import { useSearch } from '@tanstack/react-router';

/** The project that is looked at: of the address; undefined for the server's only one. Pass it to every query. */
export function useProject(): string | undefined {
  const search: { project?: string | undefined } = useSearch({ strict: false });
  return search.project;
}
