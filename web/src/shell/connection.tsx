import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from 'react';
import { listen, type Connection, type Event } from '~/api/live';
import { refresher } from '~/api/refresh';
import { useLeave } from './use-leave';

interface Live {
  connection: Connection;
  /** Hears every event as it comes; returns how to stop. For what queries cannot show, such as a log of what happens. */
  hear: (listener: (event: Event) => void) => () => void;
}

const Connected = createContext<Live>({ connection: 'connecting', hear: () => () => undefined });

function makeAir() {
  const listeners = new Set<(event: Event) => void>();
  return {
    tell(event: Event) {
      for (const listener of listeners) listener(event);
    },
    hear: (listener: (event: Event) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Holds the one connection to the server's events, and keeps what queries know true by it. */
export function Connect({ project, children }: { project: string | undefined; children: ReactNode }) {
  const queries = useQueryClient();
  const leave = useLeave();
  const [connection, setConnection] = useState<Connection>('connecting');
  const [air] = useState(makeAir);
  useEffect(() => {
    const refresh = refresher(queries);
    const stop = listen(`/api/system/events${project ? `?project=${encodeURIComponent(project)}` : ''}`, {
      onEvent: (event) => {
        refresh.add(event);
        air.tell(event);
      },
      onHole: () => void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
      onConnection: setConnection,
      onSignedOut: leave,
    });
    return () => {
      stop();
      refresh.stop();
    };
  }, [queries, project, air, leave]);
  const live = useMemo<Live>(() => ({ connection, hear: air.hear }), [connection, air]);
  return <Connected value={live}>{children}</Connected>;
}

export function useConnection(): Connection {
  return use(Connected).connection;
}

/** Hears every event while the component is shown. Memoize the listener (useCallback). */
export function useEvents(listener: (event: Event) => void): void {
  const { hear } = use(Connected);
  useEffect(() => hear(listener), [hear, listener]);
}
