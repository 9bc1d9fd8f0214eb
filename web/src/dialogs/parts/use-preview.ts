import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useProject } from '~/shell/use-project';

/**
 * Asks the server what a change would do, a moment after the last key. What is shown meanwhile is the answer to what
 * was asked before; `current` says that it is the answer to what is in the form now.
 */
export function usePreview<Body, Answer>(name: string, body: Body | undefined, ask: (body: Body, signal: AbortSignal) => Promise<Answer>) {
  const project = useProject();
  const asked = body === undefined ? '' : JSON.stringify(body);
  const [settled] = useDebouncedValue(asked, 300);
  const query = useQuery({
    queryKey: ['preview', name, project, settled] as const,
    queryFn: ({ signal }) => ask(JSON.parse(settled) as Body, signal),
    enabled: settled !== '',
    staleTime: 0,
    gcTime: 0,
    retry: false,
    placeholderData: keepPreviousData,
  });
  const current = asked !== '' && settled === asked && !query.isPlaceholderData && !query.isFetching;
  return {
    answer: asked === '' ? undefined : query.data,
    error: current ? query.error : null,
    current: current && query.isSuccess,
    again: () => void query.refetch(),
  };
}

export type Preview<Answer> = ReturnType<typeof usePreview<unknown, Answer>>;
