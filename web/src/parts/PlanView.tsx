import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { list, type Schema } from '~/api/client';
import { useText } from '~/text/text';
import { Took } from './Ago';
import classes from './PlanView.module.css';
import { StepBadge } from './StatusBadge';

type Step = Schema<'Step'>;

interface Props {
  steps: readonly Step[] | null | undefined;
  /** What stands below a step: output, a verdict, buttons. */
  below?: (step: Step) => ReactNode;
}

/** The steps of a plan, in order; each fills in as it runs. Without times it is what will happen. */
export function PlanView({ steps, below }: Props) {
  const t = useText().parts.plan;
  const all = list(steps);
  if (all.length === 0) return <Text c="dimmed">{t.empty}</Text>;
  return (
    <ol className={classes.plan} aria-label={t.title}>
      {all.map((step, i) => (
        <li key={`${step.phase} ${step.seq}`} className={classes.step} data-status={step.status}>
          {step.phase !== all[i - 1]?.phase && step.phase !== 'forward' && <div className={classes.phase}>{t.back}</div>}
          <div className={classes.line} aria-current={step.status === 'running' ? 'step' : undefined}>
            <span className={classes.name}>
              {step.name}
              {step.do.optional && <span className={classes.note}> {t.optional}</span>}
              {step.attempts > 1 && <span className={classes.note}> {t.attempts(step.attempts)}</span>}
            </span>
            {step.startedAt !== undefined && (
              <span className={classes.took}>
                <Took from={step.startedAt} until={step.completedAt} />
              </span>
            )}
            <StepBadge status={step.status} warning={step.warning ?? false} />
          </div>
          {step.error && <div className={classes.error}>{step.error.message}</div>}
          {below?.(step)}
        </li>
      ))}
    </ol>
  );
}
