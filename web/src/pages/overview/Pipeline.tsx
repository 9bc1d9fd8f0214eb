import { Fragment } from 'react';
import type { Approval } from '~/api/queries/approvals';
import type { Card } from '~/api/queries/overview';
import { useDialog } from '~/dialogs/use-dialog';
import { Allowed } from '~/parts/Allowed';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import { deployBlocked } from './blocked';
import { EnvironmentCard } from './EnvironmentCard';
import { Heading } from './Heading';
import classes from './Overview.module.css';

/** The stages from left to right, and between two of them what is newer on the left, with the way over. */
export function Pipeline({ stages, approvals }: { stages: readonly Card[]; approvals: readonly Approval[] }) {
  const t = useText().overview;
  if (stages.length === 0) return null;
  return (
    <Heading title={t.groups.pipeline}>
      <ol className={classes.pipeline}>
        {stages.map((stage, i) => (
          <Fragment key={stage.id}>
            {i > 0 && <Arrow to={stage} />}
            <li className={classes.stage}>
              <EnvironmentCard environment={stage} approvals={approvals} />
            </li>
          </Fragment>
        ))}
      </ol>
    </Heading>
  );
}

function Arrow({ to }: { to: Card }) {
  const t = useText().overview.card;
  const { open } = useDialog();
  const { behind } = to;
  const ahead = behind !== undefined && behind.releases > 0;
  return (
    <li className={classes.arrow} data-ahead={ahead}>
      {ahead ? (
        <>
          <Go to={addresses.compare} search={{ source: behind.environment, target: to.name }} fz="sm" className={classes.ahead ?? ''} aria-label={t.aheadSays(behind.releases, behind.environment, to.name)}>
            {t.ahead(behind.releases)}
          </Go>
          <span className={classes.line} aria-hidden="true">
            <Icon name="right" />
          </span>
          <Allowed
            needs="write"
            size="compact-sm"
            variant="light"
            blocked={deployBlocked(t, to)}
            aria-label={t.promoteTo(behind.newest, to.name)}
            data-tip={t.promoteTo(behind.newest, to.name)}
            onClick={() => open('promote', { environment: to.name, source: behind.environment, version: behind.newest })}
          >
            {t.promote}
          </Allowed>
        </>
      ) : (
        <>
          <span className={classes.level}>{behind !== undefined && behind.newest !== to.version ? t.aheadOf(behind.environment) : t.level}</span>
          <span className={classes.line} aria-hidden="true">
            <Icon name="right" />
          </span>
        </>
      )}
    </li>
  );
}
