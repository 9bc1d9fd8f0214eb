import type { Deployment } from '~/api/queries/deployments';

/** The revisions that a completed deployment brought there before, each once, the latest first; without what runs. */
export function placesToReturnTo(deployments: readonly Deployment[], running: string | undefined): Deployment[] {
  const seen = new Set([running]);
  return deployments.filter((d) => {
    if (d.status !== 'completed' || seen.has(d.revisionId)) return false;
    seen.add(d.revisionId);
    return true;
  });
}
