// The session's key: the half of a session that a cookie is not. Storage belongs to the origin, port included, while
// cookies are shared by all ports of a host; and no other site can make a browser send a header.

const place = 'lockstep.session';

export const sessionHeader = 'X-Lockstep-Session';

export function sessionKey(): string | null {
  return localStorage.getItem(place);
}

export function keepSessionKey(key: string): void {
  localStorage.setItem(place, key);
}

export function forgetSessionKey(): void {
  localStorage.removeItem(place);
}

/** Headers of a request in this session. */
export function sessionHeaders(): Record<string, string> {
  const key = sessionKey();
  return key ? { [sessionHeader]: key } : {};
}
