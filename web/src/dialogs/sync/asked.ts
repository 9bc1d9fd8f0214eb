export const syncTypes = ['full', 'partial', 'variables_only', 'services_only', 'config_only'] as const;
export type SyncType = (typeof syncTypes)[number];

/** What is asked of a sync. */
export interface SyncAsked {
  source: string;
  target: string;
  type: SyncType;
  include: readonly string[];
  exclude: readonly string[];
  specific: boolean;
  apply: boolean;
  message: string;
}

/** The same on the command line. */
export function commandOf({ source, target, type, include, exclude, specific, apply, message }: SyncAsked): string {
  const words = ['lockstep', 'sync', source || 'SOURCE', target || 'TARGET'];
  if (type !== 'full') words.push('--type', type);
  for (const one of include) words.push('--include', quoted(one));
  for (const one of exclude) words.push('--exclude', quoted(one));
  if (specific) words.push('--include-specific');
  if (apply) words.push('--apply');
  if (message !== '') words.push('--message', quoted(message));
  return words.join(' ');
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
