import type { Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { Icon, type IconName } from '~/parts/icons';
import { useFormat, useText } from '~/text/text';
import classes from './Timeline.module.css';
import type { Verdict } from './told';

const drawing: Record<string, IconName> = { pass: 'check', fail: 'cross', insufficient: 'clock' };

/** A verdict with its figures: every question, its answer, what both sides did; and the bounds that it goes by. */
export function VerdictView({ step, verdict }: { step: Schema<'Step'>; verdict: Verdict }) {
  const t = useText().deployment.verdict;
  const f = useFormat();
  const a = step.do.analysis;
  const bounds = [
    a?.minRequests !== undefined && t.minRequests(f.number(a.minRequests)),
    a?.errorMargin !== undefined && t.errorMargin(f.number(a.errorMargin)),
    a?.latencyMargin !== undefined && t.latencyMargin(f.number(a.latencyMargin)),
    step.do.timeout !== undefined && t.atLeast(f.duration(step.do.timeout)),
    a?.deadline !== undefined && t.deadline(f.duration(a.deadline)),
  ].filter((bound) => bound !== false);
  const metric = (name: string) => ({ errors: t.errors, latency: t.latency, rule: t.rule })[name] ?? name;
  return (
    <ul className={classes.checks} aria-label={t.title}>
      {step.status === 'failed' && <li className={classes.note}>{t.before}</li>}
      {verdict.checks.map((check, i) => (
        <li key={`${check.metric} ${check.route ?? ''} ${i}`} className={classes.check} data-outcome={check.outcome}>
          <span className={classes.answer}>
            <Icon name={drawing[check.outcome] ?? 'ring'} size={14} />
            {metric(check.metric)}
          </span>
          <span className="figures">
            {check.route !== undefined && <code>{check.route} </code>}
            {check.message}
            <span className={classes.note}> · {t.outcome[check.outcome as keyof typeof t.outcome]}</span>
          </span>
        </li>
      ))}
      <li className={classes.note}>
        {bounds.length > 0 && `${t.bounds}: ${bounds.join(', ')}. `}
        {t.asOf} <Ago at={verdict.at} />
      </li>
    </ul>
  );
}
