import { startPage } from '~/shell/start';

/** Takes the one-time code out of the address, so that it stays neither in the history nor on the screen. */
export function takeCode(): string | undefined {
  const code = new URLSearchParams(window.location.hash.slice(1)).get('code') ?? undefined;
  if (code !== undefined) {
    window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
  }
  return code;
}

/** Where somebody wanted to go before they had to sign in; never to another site. */
export function localAddress(next: string | undefined): string {
  if (next === undefined) return startPage();
  try {
    const url = new URL(next, window.location.origin);
    return url.origin === window.location.origin && !url.pathname.startsWith('/sign-in') ? url.pathname + url.search + url.hash : '/';
  } catch {
    return '/';
  }
}
