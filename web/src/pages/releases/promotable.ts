import { list, type Schema } from '~/api/client';

/** The stage from which a release can go on: the last one that it runs in, where the next one has another. */
export function promotableFrom(release: Schema<'Release'>, pipeline: readonly string[]): string | undefined {
  const runs = new Set(list(release.runsIn).map(({ environment }) => environment));
  return pipeline.findLast((stage, i) => {
    const next = pipeline[i + 1];
    return runs.has(stage) && next !== undefined && !runs.has(next);
  });
}
