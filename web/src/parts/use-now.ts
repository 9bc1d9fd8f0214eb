import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

function rounded(every: number): number {
  return Math.ceil(Date.now() / every) * every; // up, so that what has just happened does not lie ahead
}

/** The time, of one clock for the whole page. It changes once in `every` ms, and renders no more often. */
export function useNow(every = 1000): number {
  return useSyncExternalStore(subscribe, () => rounded(every));
}

/** The time as closely as matters beside another: by the second near to it, by the half minute far away. */
export function useNowBeside(time: number): number {
  return useSyncExternalStore(subscribe, () => rounded(Math.abs(Date.now() - time) < 120_000 ? 1000 : 30_000));
}
