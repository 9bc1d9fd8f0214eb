import { Ago } from '~/parts/Ago';
import { useText } from '~/text/text';
import classes from './Timeline.module.css';
import type { Wait } from './waits';

/** A step waits: for whom or what, and until when. */
export function WaitLine({ wait }: { wait: Wait }) {
  const t = useText().deployment.waits;
  const until = wait.until === undefined ? null : <Ago at={wait.until} exact />;
  switch (wait.for) {
    case 'approval':
      return (
        <div className={classes.waits}>
          {t.approval}
          {wait.message !== undefined && `: ${wait.message}`} {until && <>({t.takenBackAt} {until})</>}
        </div>
      );
    case 'pause':
      return <div className={classes.waits}>{t.pause} {until}</div>;
    case 'instances':
      return (
        <div className={classes.waits}>
          {t.instances(wait.ready, wait.desired)} {wait.trouble}
          {until && <span className={classes.note}> {t.atMostUntil} {until}</span>}
        </div>
      );
    case 'evidence':
      return (
        <div className={classes.waits}>
          {wait.enough ? t.goodSoFar : t.insufficient}
          {wait.says !== undefined && `: ${wait.says}`}.
          <span className={classes.note}>
            {' '}
            {wait.atLeast !== undefined && <>{t.atLeastUntil} <Ago at={wait.atLeast} exact />. </>}
            {until && <>{t.deadline} {until}.</>}
          </span>
        </div>
      );
    case 'hook':
      return <div className={classes.waits}>{t.hook} {until && <>{t.atMostUntil} {until}</>}</div>;
    case 'requests':
      return <div className={classes.waits}>{t.requests} {until && <>{t.atMostUntil} {until}</>}</div>;
  }
}
