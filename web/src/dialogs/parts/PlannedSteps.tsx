import { list, type Schema } from '~/api/client';
import { useFormat, useText } from '~/text/text';
import type { Formats } from '~/text/format';
import type { Texts } from '~/text/texts';
import classes from './PlannedSteps.module.css';

type Step = Schema<'Step'>;

/** What would happen, step by step: names, and what each waits for. It scrolls by itself. */
export function PlannedSteps({ steps }: { steps: readonly Step[] | null | undefined }) {
  const t = useText();
  const f = useFormat();
  const all = list(steps);
  if (all.length === 0) return null;
  return (
    <div>
      <div className={classes.head}>{t.dialogs.planOf(all.length)}</div>
      {/* Scrolled by keys too, so it takes the focus. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls has to be reached by keys */}
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={t.parts.plan.title}>
        <ol className={classes.steps}>
          {all.map((step) => {
            const says = note(step, t.dialogs.stepSays, f);
            return (
              <li key={step.seq} className={classes.step}>
                <span className={classes.name}>{step.name}</span>
                {says !== '' && <span className={classes.says}>{says}</span>}
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}

function note({ kind, do: does }: Step, t: Texts['dialogs']['stepSays'], f: Formats): string {
  const time = does.timeout ? f.duration(does.timeout) : '';
  switch (kind) {
    case 'start':
      return does.replicas ? t.instances(does.replicas) : '';
    case 'verify':
      return does.level ?? '';
    case 'analyze':
      return t.analyze(time);
    case 'pause':
    case 'keep_warm':
      return time;
    case 'approve':
      return [does.message, time && t.within(time)].filter(Boolean).join(', ');
    case 'hook':
      return does.hook ? (does.hook.run?.join(' ') ?? does.hook.http?.url ?? '') : '';
    default:
      return '';
  }
}
