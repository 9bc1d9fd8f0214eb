import { useFormat, useText } from '~/text/text';
import classes from './TrafficBar.module.css';

export interface Share {
  /** Where names may be alike: the revision's hash. */
  id?: string;
  /** What people call it: the version, or the beginning of the revision's hash. */
  name: string;
  /** Of 100. */
  weight: number;
  /** The revision that is on its way in. */
  incoming?: boolean;
}

/** How requests are shared by revisions: a bar with the figures below it. */
export function TrafficBar({ shares }: { shares: readonly Share[] }) {
  const t = useText().parts.traffic;
  const f = useFormat();
  if (shares.length === 0) return <span className={classes.none}>{t.none}</span>;
  const write = (share: Share) => t.share(share.name, f.percent(share.weight / 100));
  return (
    <div>
      <div className={classes.bar} role="img" aria-label={`${t.title}: ${shares.map(write).join(', ')}`}>
        {shares.map((share) => (
          <span key={share.id ?? share.name} className={classes.share} data-incoming={share.incoming ?? false} style={{ flexGrow: share.weight }} />
        ))}
      </div>
      <div className={classes.words} aria-hidden="true">
        {shares.map((share) => (
          <span key={share.id ?? share.name} className="figures">
            {share.name} {f.percent(share.weight / 100)}
          </span>
        ))}
      </div>
    </div>
  );
}
