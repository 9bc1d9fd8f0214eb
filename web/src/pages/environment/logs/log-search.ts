import { asFlag, asMany, asMoment, asOneOf, asText, type RawSearch } from '~/shell/search';

// How long ago what is looked at begins, or else a range of it does: both stand in the address as since.
export const sinces = ['5m', '15m', '1h', '6h', '24h'] as const;

/** What of the logs is looked at; it stands in the address. */
export interface LogSearch {
  service: readonly string[];
  instance: readonly string[];
  revision?: string | undefined;
  /** A text that lines hold. */
  search?: string | undefined;
  /** An expression (RE2) that lines match. */
  grep?: string | undefined;
  /** From then on: how long ago, or a moment (RFC 3339). */
  since?: string | undefined;
  /** Up to that moment. */
  until?: string | undefined;
  wrap?: true | undefined;
  /** The cursor of a line that is linked to. */
  line?: string | undefined;
}

export const logSearch = (search: RawSearch): LogSearch => ({
  service: asMany(search.service),
  instance: asMany(search.instance),
  revision: asText(search.revision),
  search: asText(search.search),
  grep: asText(search.grep),
  since: asOneOf(search.since, sinces) ?? asMoment(search.since),
  until: asMoment(search.until),
  wrap: asFlag(search.wrap),
  line: asText(search.line),
});

/** Says that it is from one moment to another, not a while back from now. */
export function isRange({ since, until }: Pick<LogSearch, 'since' | 'until'>): boolean {
  return until !== undefined || (since !== undefined && asOneOf(since, sinces) === undefined);
}

const before = 30_000; // ms of lines before one that is linked to

/** The address of the stream: the last lines and what follows; or from a time on. */
export function streamOf(environment: string, project: string | undefined, search: LogSearch): string {
  const query = new URLSearchParams({ follow: 'true' });
  if (project) query.set('project', project);
  for (const each of search.service) query.append('service', each);
  for (const each of search.instance) query.append('instance', each);
  if (search.revision) query.set('revision', search.revision);
  if (search.search) query.set('search', search.search);
  if (search.grep) query.set('grep', search.grep);
  const linked = search.line === undefined ? undefined : timeOf(search.line);
  if (linked !== undefined) query.set('since', new Date(linked - before).toISOString());
  else if (search.since) query.set('since', search.since);
  else query.set('tail', '1000');
  if (search.until) query.set('until', search.until);
  return `/api/system/environments/${encodeURIComponent(environment)}/logs?${query.toString()}`;
}

/** A cursor begins with its line's time, in microseconds. */
function timeOf(cursor: string): number | undefined {
  const time = Number(cursor.split('.')[0]) / 1000;
  return Number.isFinite(time) && time > 0 ? time : undefined;
}

/** The same on the command line. */
export function logCommand(environment: string, project: string | undefined, search: LogSearch): string {
  // What ends is not followed.
  const words = ['lockstep logs', environment, ...(search.until ? [] : ['--follow'])];
  for (const each of search.service) words.push('--service', each);
  for (const each of search.instance) words.push('--instance', each);
  if (search.revision) words.push('--revision', search.revision);
  if (search.search) words.push('--search', JSON.stringify(search.search));
  if (search.grep) words.push('--grep', JSON.stringify(search.grep));
  if (search.since) words.push('--since', search.since);
  if (search.until) words.push('--until', search.until);
  if (project) words.push('--project', project);
  return words.join(' ');
}
