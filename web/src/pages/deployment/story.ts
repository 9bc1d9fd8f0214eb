import { queryOptions } from '@tanstack/react-query';
import type { Event } from '~/api/live';
import { messages } from '~/api/sse';
import { sessionHeaders } from '~/api/key';
import { problemOf, unreachable } from '~/api/problem';

const quiet = 600; // ms without an event: what was kept has all come
const longest = 8000;

/**
 * What steps told while they ran: events that are kept, of one operation, from its beginning to now. What comes later
 * comes over the dashboard's own connection.
 */
export const storyQuery = (id: string, project?: string) =>
  queryOptions({
    queryKey: ['story', id, project] as const,
    queryFn: ({ signal }) => readStory(id, project, signal),
    staleTime: Infinity,
  });

async function readStory(id: string, project: string | undefined, signal: AbortSignal): Promise<Event[]> {
  const address = new URL('/api/system/events', window.location.origin);
  address.searchParams.set('operation', id);
  address.searchParams.set('after', '0');
  if (project !== undefined) address.searchParams.set('project', project);
  const enough = new AbortController();
  const events: Event[] = [];
  let timer = setTimeout(() => enough.abort(), longest);
  const last = setTimeout(() => enough.abort(), longest);
  try {
    const response = await fetch(address, { headers: { Accept: 'text/event-stream', ...sessionHeaders() }, signal: AbortSignal.any([signal, enough.signal]) }).catch((error: unknown) => {
      if (signal.aborted || enough.signal.aborted) throw error;
      throw unreachable();
    });
    if (!response.ok) throw await problemOf(response);
    if (!response.body) return events;
    const feed = messages(({ data }) => {
      if (data !== '') events.push(JSON.parse(data) as Event);
    });
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      clearTimeout(timer);
      timer = setTimeout(() => enough.abort(), quiet);
      const { done, value } = await text.read();
      if (done) return events;
      feed(value);
      if (events.at(-1)?.type === 'operation.finished') return events;
    }
  } catch (error) {
    if (enough.signal.aborted && !signal.aborted) return events;
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(last);
    enough.abort();
  }
}
