import type { QueryClient } from '@tanstack/react-query';
import type { Schema } from './client';
import type { Event } from './live';
import { pace } from './pace';
import { touches } from './touched';

const spacing = 250; // ms: steps can end faster than anybody reads, and each refresh is a request

/**
 * Collects events and makes what they touch old, at most once a frame and not more often than the spacing. Queries on
 * the screen are asked again, each in its own time (see pace), the others when they are next looked at.
 */
export function refresher(queries: QueryClient): { add: (event: Event) => void; stop: () => void } {
  let pending: Event[] = [];
  let frame: number | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;
  const paces = pace(queries);

  const flush = () => {
    frame = undefined;
    last = performance.now();
    const nameOf = namesOf(queries);
    const rules = pending.map((event) => touches(event, nameOf));
    pending = [];
    for (const query of queries.getQueryCache().findAll({ predicate: (query) => rules.some((touched) => touched(query.queryKey)) })) paces.again(query);
  };
  const schedule = () => {
    timer = undefined;
    frame = requestAnimationFrame(flush);
  };
  return {
    add(event) {
      pending.push(event);
      if (frame !== undefined || timer !== undefined) return;
      const wait = last + spacing - performance.now();
      if (wait > 0) timer = setTimeout(schedule, wait);
      else schedule();
    },
    stop() {
      if (frame !== undefined) cancelAnimationFrame(frame);
      clearTimeout(timer);
      paces.stop();
    },
  };
}

/** The names of environments, as far as a list of them has been read. */
function namesOf(queries: QueryClient): (id: string) => string | undefined {
  const names = new Map<string, string>();
  for (const [, data] of queries.getQueriesData<readonly Schema<'Environment'>[]>({ queryKey: ['environments'] })) {
    for (const { id, name } of data ?? []) names.set(id, name);
  }
  return (id) => names.get(id);
}
