import { queryOptions } from '@tanstack/react-query';
import { answer, api, everyPage, list, type Schema } from '../client';
import { key } from '../keys';

/** Something that waits for a person's word. */
export type Approval =
  | { kind: 'deployment'; id: string; since: string; deployment: Schema<'Deployment'> }
  | { kind: 'switch'; id: string; since: string; switch: Schema<'SwitchResult'> }
  | { kind: 'step'; id: string; since: string; operation: Schema<'Operation'>; step: Schema<'Step'> };

/** All that waits for a person's word, the oldest first. */
export const approvalsQuery = (project?: string) =>
  queryOptions({
    queryKey: key('approvals', { project }),
    queryFn: async ({ signal }): Promise<Approval[]> => {
      const [deployments, live, operations] = await Promise.all([
        everyPage((cursor) =>
          answer(api.GET('/api/system/deployments', { params: { query: { project, cursor, status: 'pending_approval', limit: 200 } }, signal })),
        ),
        answer(api.GET('/api/system/live', { params: { query: { project } }, signal })),
        answer(api.GET('/api/system/operations', { params: { query: { project } }, signal })),
      ]);
      const waiting: Approval[] = [
        ...deployments.map((d): Approval => ({ kind: 'deployment', id: d.id, since: d.createdAt, deployment: d })),
        ...list(live.waiting).map((s): Approval => ({ kind: 'switch', id: s.id, since: s.startedAt, switch: s })),
        ...list(operations.items).flatMap((operation) =>
          list(operation.steps)
            .filter((step) => step.kind === 'approve' && step.status === 'running')
            .map((step): Approval => ({ kind: 'step', id: `${operation.id}/${step.seq}`, since: step.startedAt ?? operation.createdAt, operation, step })),
        ),
      ];
      return waiting.sort((a, b) => a.since.localeCompare(b.since));
    },
  });
