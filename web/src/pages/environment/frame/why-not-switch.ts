import type { Environment } from '~/api/queries/environments';
import type { Live } from '~/api/queries/live';
import type { Texts } from '~/text/texts';

/** Why the live address cannot be led to an environment now; undefined where it can, or where it is not known yet. */
export function whyNotSwitch(live: Live | undefined, environment: Environment, t: Texts['environment']['actions']): string | undefined {
  if (!live) return undefined;
  if (live.switching) return t.switching;
  if (live.environment?.id === environment.id && !live.adrift) return t.isCurrent;
  const takeover = live.others.find(({ environmentId }) => environmentId === environment.id);
  if (!takeover) return t.cannotTakeOver;
  return takeover.ready ? undefined : (takeover.reasons?.join(' ') ?? t.cannotTakeOver);
}
