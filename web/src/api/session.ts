import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Schema } from './client';
import { forgetSessionKey, keepSessionKey, sessionHeaders, sessionKey } from './key';
import { problemOf, unreachable } from './problem';

/** Who I am to the server. */
export type Session = Schema<'Session'>;

/** What somebody may do; a token's role is a set of these. */
export type Permission = Session['permissions'][number];

/** What one signs in with: a token, or the code of a one-time address. */
export type Credential = { token: string } | { code: string };

const path = '/api/system/session';

async function send(method: string, body?: Credential): Promise<Response> {
  const headers = { ...sessionHeaders(), ...(body ? { 'Content-Type': 'application/json' } : {}) };
  const response = await fetch(path, { method, headers, body: body ? JSON.stringify(body) : null }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function signIn(credential: Credential): Promise<Session> {
  forgetSessionKey(); // an old one would accompany the request, and be refused with it
  const session = (await (await send('POST', credential)).json()) as Session;
  if (session.key) keepSessionKey(session.key);
  return session;
}

export async function signOut(): Promise<void> {
  try {
    if (sessionKey()) await send('DELETE');
  } finally {
    forgetSessionKey();
  }
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async () => (await (await send('GET')).json()) as Session,
  staleTime: Infinity,
  retry: false,
});

/** Who I am. Pages are shown only to somebody, so it is there; undefined for the blink before. */
export function useSession(): Session | undefined {
  return useQuery(sessionQuery).data;
}

/** Whether I may do something. */
export function useMay(permission: Permission): boolean {
  return useSession()?.permissions.includes(permission) ?? false;
}
