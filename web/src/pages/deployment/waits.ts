import type { Schema } from '~/api/client';
import type { Told } from './told';

type Step = Schema<'Step'>;

/** For what, or whom, a step waits that runs. */
export type Wait =
  | { for: 'approval'; message: string | undefined; until: string | undefined }
  | { for: 'pause'; until: string | undefined }
  | { for: 'evidence'; says: string | undefined; enough: boolean; atLeast: string | undefined; until: string | undefined }
  | { for: 'instances'; ready: number; desired: number; trouble: string; until: string | undefined }
  | { for: 'hook'; until: string | undefined }
  | { for: 'requests'; until: string | undefined };

function after(step: Step, ms: number | undefined): string | undefined {
  return step.startedAt === undefined || !ms ? undefined : new Date(Date.parse(step.startedAt) + ms).toISOString();
}

export function waitOf(step: Step, told: Told | undefined): Wait | undefined {
  if (step.status !== 'running') return undefined;
  const until = after(step, step.do.timeout);
  switch (step.kind) {
    case 'approve':
      return { for: 'approval', message: step.do.message, until };
    case 'pause':
      return { for: 'pause', until };
    case 'analyze':
      return {
        for: 'evidence',
        says: told?.verdict?.reason,
        enough: told?.verdict?.outcome === 'pass',
        atLeast: until,
        until: after(step, step.do.analysis?.deadline),
      };
    case 'await_healthy':
      return { for: 'instances', ready: told?.ready?.ready ?? 0, desired: told?.ready?.desired ?? step.do.replicas ?? 0, trouble: told?.ready?.trouble ?? '', until };
    case 'hook':
      return { for: 'hook', until: after(step, step.do.hook?.timeout) };
    case 'drain':
      return { for: 'requests', until };
    default:
      return undefined;
  }
}
