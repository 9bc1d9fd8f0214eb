import { useFormat } from '~/text/text';
import { useNow, useNowBeside } from './use-now';

/** When something was, or will be: relative to now, exact under the pointer and for readers of screens. */
export function Ago({ at, exact = false }: { at: string | undefined; exact?: boolean }) {
  const f = useFormat();
  const time = at === undefined ? NaN : Date.parse(at);
  const now = useNowBeside(time);
  if (Number.isNaN(time)) return null;
  const relative = f.relative(time, now);
  return (
    <time dateTime={at} aria-label={`${relative}, ${f.exact(time)}`} className="figures" data-tip={exact ? relative : f.exact(time)}>
      {exact ? f.exact(time) : relative}
    </time>
  );
}

/** How long something has been going on, or took: `<Took from={startedAt} until={completedAt} />`, or `<Took ms={85} />`. */
export function Took(props: { ms: number } | { from: string | undefined; until?: string | undefined }) {
  const f = useFormat();
  const now = useNow();
  let ms: number;
  if ('ms' in props) {
    ms = props.ms;
  } else {
    ms = (props.until ? Date.parse(props.until) : now) - (props.from ? Date.parse(props.from) : NaN);
  }
  if (Number.isNaN(ms)) return null;
  return <span className="figures">{f.duration(Math.max(0, ms))}</span>;
}
