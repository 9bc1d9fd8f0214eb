import type { Schedule } from '~/api/queries/schedules';
import type { Schema } from '~/api/client';

type Scheduled = Schema<'ScheduledDeployment'>;

/** Something that will be done at a time: by a rule, or once. */
export interface Planned {
  key: string;
  at: string;
  environment: string;
  what: { kind: 'rule'; schedule: Schedule } | { kind: 'once'; deployment: Scheduled };
}

/** All that is planned, the next first. */
export function planned(rules: readonly Schedule[], deployments: readonly Scheduled[]): Planned[] {
  const all = [
    ...rules.flatMap((schedule) =>
      (schedule.upcoming ?? []).map((at): Planned => ({ key: `${schedule.id} ${at}`, at, environment: schedule.environment, what: { kind: 'rule', schedule } })),
    ),
    ...deployments.flatMap((deployment): Planned[] =>
      deployment.scheduledFor === undefined ? [] : [{ key: deployment.id, at: deployment.scheduledFor, environment: deployment.environment, what: { kind: 'once', deployment } }],
    ),
  ];
  return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
