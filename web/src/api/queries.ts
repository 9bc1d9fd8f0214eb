import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem } from './problem';

/** The cache of what the server said. Events make it old; time alone does so after a minute. */
export function makeQueries(onSignedOut: () => void): QueryClient {
  const look = (error: unknown) => {
    if (error instanceof Problem && error.code === 'unauthenticated') onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: (error, query) => query.queryKey[0] !== 'session' && look(error) }),
    mutationCache: new MutationCache({ onError: look }),
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        retry: (failures, error) => failures < 2 && error instanceof Problem && (error.code === 'offline' || error.code === 'unavailable'),
        refetchOnWindowFocus: false, // events tell; a window that comes back has missed none
      },
      mutations: { retry: false },
    },
  });
}
