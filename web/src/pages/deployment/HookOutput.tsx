import type { Schema } from '~/api/client';
import { Scroll } from '~/parts/Scroll';
import { useFormat, useText } from '~/text/text';
import classes from './Timeline.module.css';
import { plain } from './told';

interface Props {
  step: Schema<'Step'>;
  /** As it runs. */
  lines: readonly string[];
  /** Of each try, once it has ended. */
  kept: readonly Schema<'StepOutput'>[];
}

/** What a hook wrote: line by line while it runs, then all that is kept of each try; and its results. */
export function HookOutput({ step, lines, kept }: Props) {
  const t = useText().deployment.hook;
  const f = useFormat();
  const running = step.status === 'running';
  const results = Object.entries(step.results ?? {});
  const tries = kept.filter(({ text }) => text !== '');
  return (
    <>
      {results.length > 0 && (
        <div className={classes.output}>
          {t.results}: {results.map(([name, value]) => `${name}=${plain(value)}`).join(', ')}
        </div>
      )}
      {tries.map((each) => (
        <details key={each.try} className={classes.hook} open={step.status === 'failed' || (step.warning ?? false)}>
          <summary className={classes.summary}>
            {tries.length > 1 ? t.ofTry(each.try) : t.wrote(each.text.trimEnd().split('\n').length)}
            {each.missing !== undefined && each.missing > 0 && ` (${t.missing(f.bytes(each.missing))})`}
          </summary>
          <Scroll className={classes.lines} label={t.ofTry(each.try)}>
            <pre className={classes.text}>{plain(each.text)}</pre>
          </Scroll>
        </details>
      ))}
      {running && lines.length > 0 && (
        <Scroll className={classes.lines} label={t.live}>
          <pre className={classes.text}>{lines.join('\n')}</pre>
        </Scroll>
      )}
    </>
  );
}
