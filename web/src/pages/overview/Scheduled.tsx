import { useQuery } from '@tanstack/react-query';
import type { Schema } from '~/api/client';
import { list } from '~/api/client';
import { scheduledQuery } from '~/api/queries/deployments';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import classes from './Lists.module.css';
import { Nothing } from './Nothing';

/** What begins by itself at its time, and what that will mean. */
export function Scheduled() {
  const t = useText().overview.scheduled;
  const { open } = useDialog();
  const scheduled = useQuery(scheduledQuery(useProject()));
  const all = list(scheduled.data);
  return (
    <Section
      title={t.title}
      flush
      actions={
        <Allowed needs="write" size="compact-sm" variant="default" leftSection={<Icon name="schedules" />} onClick={() => open('schedule')}>
          {t.schedule}
        </Allowed>
      }
    >
      {scheduled.isPending && <Waiting for={t.title} />}
      {scheduled.error && <ProblemNote error={scheduled.error} onRetry={() => void scheduled.refetch()} />}
      {scheduled.data && all.length === 0 && <Nothing says={t.empty} command={t.command} />}
      <ul className={classes.list}>
        {all.map((deployment) => (
          <li key={deployment.id} className={classes.row}>
            <One deployment={deployment} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function One({ deployment }: { deployment: Schema<'ScheduledDeployment'> }) {
  const t = useText();
  const words = t.overview.scheduled;
  const f = useFormat();
  const { open } = useDialog();
  const { id, version, environment, scheduledFor, strategy, status, approvedBy, estimatedDowntime, downtimeBasis, rollbackPlan } = deployment;
  const what = words.line(version, environment);
  let approval = approvedBy === undefined ? words.notNeeded : words.approvedBy(approvedBy);
  if (status === 'pending_approval') approval = words.waits;
  let downtime = words.unknown;
  if (estimatedDowntime !== undefined) downtime = estimatedDowntime === 0 ? words.none : f.duration(estimatedDowntime);
  const facts: [string, string, string?][] = [
    [words.strategy, t.parts.strategy[strategy]],
    [words.approval, approval],
    [words.downtime, downtime, downtimeBasis],
    [words.rollback, rollbackPlan === 'automatic' ? words.automatic : words.noPlan],
  ];
  return (
    <>
      <Icon name="schedules" style={{ color: status === 'pending_approval' ? 'var(--state-warn)' : 'var(--mantine-color-dimmed)', marginTop: 2 }} />
      <div className={classes.words}>
        <b>{what}</b> <Ago at={scheduledFor} /> (<Ago at={scheduledFor} exact />)
        <dl className={classes.facts}>
          {facts.map(([name, value, why]) => (
            <div key={name}>
              <dt>{name}: </dt>
              <dd {...(why && { 'data-tip': why })}>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      <div className={classes.acts}>
        <Go to={addresses.deployment(id)} aria-label={words.viewOf(what)}>
          {words.view}
        </Go>
        <Allowed needs="write" size="compact-sm" variant="default" aria-label={words.modifyOf(what)} onClick={() => open('schedule', { environment, id })}>
          {words.modify}
        </Allowed>
        <Allowed needs="write" size="compact-sm" variant="default" aria-label={words.cancelOf(what)} onClick={() => open('cancel', { environment, id })}>
          {words.cancel}
        </Allowed>
      </div>
    </>
  );
}
