import type { Progress } from '~/api/queries/progress';

export interface Weights {
  moments: number[];
  /** By role and version, in the order in which they are seen first; 0..1. */
  shares: { name: string; role: 'new' | 'old' | 'other'; values: number[] }[];
}

type Revision = Progress['revisions'][number];

/** What people call a revision: its version, and the beginning of its hash where two have the same. */
export function revisionName(of: { version?: string; hash?: string }, others: readonly { version?: string; hash?: string }[]): string {
  const hash = (of.hash ?? '').replace(/^sha256:/, '').slice(0, 8);
  if (!of.version) return hash || '?';
  return others.some((other) => other.version === of.version && other.hash !== of.hash) ? `${of.version} (${hash})` : of.version;
}

/** The shares as they held: each until the next, the last until now, or a little beyond the last move. */
export function weightsOf(progress: Progress, running: boolean): Weights {
  const moments = progress.weights.map(({ at }) => Date.parse(at) / 1000);
  const lasted = (moments.at(-1) ?? 0) - (moments[0] ?? 0);
  const until = Date.parse(progress.until) / 1000;
  const end = running ? until : Math.min(until, (moments.at(-1) ?? 0) + Math.max(2, lasted * 0.15));
  const all = progress.weights.flatMap(({ shares }) => shares);
  const ids = [...new Map(all.map((share) => [share.revisionId, share])).values()];
  const shares = ids.map((share) => ({
    name: revisionName(share, ids),
    role: share.role,
    values: progress.weights.map((at) => (at.shares.find(({ revisionId }) => revisionId === share.revisionId)?.percent ?? 0) / 100),
  }));
  const last = moments.at(-1);
  if (last !== undefined && end > last) {
    moments.push(end);
    for (const share of shares) share.values.push(share.values.at(-1) ?? 0);
  }
  return { moments, shares };
}

/** Moments of all revisions' figures together, and how to read one revision at each. */
export function seriesOf(revisions: readonly Revision[]) {
  const moments = [...new Set(revisions.flatMap(({ points }) => points.map(({ at }) => Date.parse(at) / 1000)))].sort((a, b) => a - b);
  const read = (revision: Revision, value: (point: Revision['points'][number]) => number) => {
    const at = new Map(revision.points.map((point) => [Date.parse(point.at) / 1000, point]));
    return moments.map((moment) => {
      const point = at.get(moment);
      return point === undefined || point.requests === 0 ? null : value(point); // without requests nothing is known
    });
  };
  return { moments, read };
}

/** The revisions that the deployment is about: the new one, the old one, and any other that had a share meanwhile. */
export function besideEachOther(progress: Progress): readonly Revision[] {
  const shared = new Set(progress.weights.flatMap(({ shares }) => shares.map(({ revisionId }) => revisionId)));
  return progress.revisions.filter(({ role, key }) => role !== 'other' || shared.has(key));
}

/** What users asked while it ran, and how much of that failed: figures are kept by the minute, so whole minutes. */
export function servedMeanwhile(progress: Progress, started: string, ended: string | undefined): { requests: number; errors: number } {
  const [from, until] = [Date.parse(started), ended === undefined ? Infinity : Date.parse(ended)];
  const sum = { requests: 0, errors: 0 };
  for (const { points } of progress.revisions) {
    for (const { at, requests, errors } of points) {
      const begins = Date.parse(at);
      if (begins >= until || begins + progress.stepMs <= from) continue;
      sum.requests += requests;
      sum.errors += errors;
    }
  }
  return sum;
}
