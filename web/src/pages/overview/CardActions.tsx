import { useDialog } from '~/dialogs/use-dialog';
import type { Approval } from '~/api/queries/approvals';
import type { Card } from '~/api/queries/overview';
import { Allowed } from '~/parts/Allowed';
import { useText } from '~/text/text';
import { deployBlocked, rollbackBlocked } from './blocked';
import classes from './Card.module.css';

/** What can be done with an environment; what cannot be done now is off, and says why. */
export function CardActions({ environment: card, approvals }: { environment: Card; approvals: readonly Approval[] }) {
  const t = useText().overview.card;
  const { open } = useDialog();
  const { name, behind, lastDeployment } = card;
  const waiting = approvals.find(({ environmentId }) => environmentId === card.id);
  return (
    <div className={classes.actions} role="group" aria-label={t.more(name)}>
      {waiting && (
        <Allowed needs="approve" size="compact-sm" variant="light" blocked={waiting.mayApprove ? undefined : waiting.whyNot} aria-label={t.approveIn(name)} onClick={() => open('approve', { environment: name, id: waiting.operationId })}>
          {t.approve}
        </Allowed>
      )}
      {behind && behind.releases > 0 && card.stage === undefined && (
        <Allowed needs="write" size="compact-sm" variant="default" blocked={deployBlocked(t, card)} aria-label={t.promoteTo(behind.newest, name)} onClick={() => open('promote', { environment: name, source: behind.environment, version: behind.newest })}>
          {t.promote}
        </Allowed>
      )}
      <Allowed needs="write" size="compact-sm" variant="default" blocked={deployBlocked(t, card)} aria-label={t.deployTo(name)} onClick={() => open('deploy', { environment: name })}>
        {t.deploy}
      </Allowed>
      <Allowed needs="write" size="compact-sm" variant="default" blocked={rollbackBlocked(t, card)} aria-label={t.rollBackIn(name)} onClick={() => open('rollback', { environment: name, id: lastDeployment?.deploymentId })}>
        {t.rollBack}
      </Allowed>
    </div>
  );
}
