import type { HistoryEntry } from '~/api/queries/history';

interface Known {
  entries: readonly HistoryEntry[];
  /** Something lies between what is new and what was read before: the latter has to be read again. */
  hole: boolean;
}

/** What happened, of what was read first and of what came since; what is new says it better (a deployment has ended meanwhile). */
export function merge(recent: readonly HistoryEntry[], past: readonly HistoryEntry[], recentIsAll: boolean): Known {
  const newest = past[0]?.seq ?? -1;
  const oldest = recent.at(-1)?.seq ?? Infinity;
  if (past.length === 0 || recent.length === 0) return { entries: recent.length === 0 ? past : recent, hole: false };
  const entries = [...recent, ...past.filter(({ seq }) => seq < oldest)];
  return { entries, hole: !recentIsAll && oldest > newest };
}
