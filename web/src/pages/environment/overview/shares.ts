import type { Schema } from '~/api/client';
import type { Share } from '~/parts/TrafficBar';

/** What each revision gets of the requests, called by its release. One on its way in is not the active one. */
export function shares(status: Schema<'StatusReport'>, warm: string): Share[] {
  return status.traffic.map(({ revision, weight }) => {
    const active = status.revision?.id === revision ? status.revision : undefined;
    const known = active ?? (status.warm?.id === revision ? status.warm : undefined);
    const version = status.metrics?.revisions.find((each) => each.revision === revision)?.version;
    return {
      name: known ? `${known.content.release}${active ? '' : ` (${warm})`}` : (version ?? revision.slice(0, 8)),
      weight,
      incoming: status.traffic.length > 1 && !active,
    };
  });
}
