import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Schema } from './client';
import { forgetSessionKey, keepSessionKey, sessionHeaders, sessionKey } from './key';
import { Problem, problemOf, unreachable } from './problem';

/** Who I am to the server. */
export type Session = Schema<'Session'>;

/** What somebody may do; a token's role is a set of these. */
export type Permission = Session['permissions'][number];

/** What one signs in with: a token, or the code of a one-time address. */
export type Credential = { token: string } | { code: string };

const path = '/api/system/session';

async function send(method: string, body?: Credential, query = ''): Promise<Response> {
  // Who signs in comes as nobody: an old session would accompany the request, and be refused with it.
  const headers: Record<string, string> = body ? { 'Content-Type': 'application/json' } : sessionHeaders();
  const response = await fetch(path + query, { method, headers, body: body ? JSON.stringify(body) : null }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function signIn(credential: Credential): Promise<Session> {
  const session = (await (await send('POST', credential)).json()) as Session;
  if (session.key) keepSessionKey(session.key);
  return session;
}

/** Whose a credential is; it is not used up by that. */
export async function whose(credential: Credential): Promise<Session> {
  return (await (await send('POST', credential, '?dryRun=true')).json()) as Session;
}

/** Who is signed in by this browser already. */
export async function present(): Promise<Session | undefined> {
  if (sessionKey() === null) return undefined;
  try {
    return (await (await send('GET')).json()) as Session;
  } catch (error) {
    if (error instanceof Problem && error.code === 'unauthenticated') return undefined;
    throw error;
  }
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
