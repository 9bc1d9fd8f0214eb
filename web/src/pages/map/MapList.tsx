import { useMemo } from 'react';
import type { Schema } from '~/api/client';
import type { EnvironmentMap } from '~/api/queries/overview';
import { Go } from '~/parts/Go';
import { HealthBadge } from '~/parts/StatusBadge';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import classes from './MapList.module.css';

/** The same as the drawing, to be read: each service, how it is, and what it leads to and needs. */
export function MapList({ map }: { map: EnvironmentMap }) {
  const t = useText().map;
  const worstFirst = useMemo(() => [...map.nodes].sort((a, b) => grave(b) - grave(a)), [map]);
  return (
    <ul className={classes.list} aria-label={t.graph(map.environment)}>
      {worstFirst.map((node) => (
        <li key={node.name} className={classes.one}>
          <One node={node} map={map} />
        </li>
      ))}
    </ul>
  );
}

function grave({ status }: Schema<'MapNode'>): number {
  return status === 'unhealthy' ? 2 : status === 'warning' ? 1 : 0;
}

function One({ node, map }: { node: Schema<'MapNode'>; map: EnvironmentMap }) {
  const t = useText().map;
  const f = useFormat();
  const { name, type, status, disabled, managed, ready, desired, version, figure, requestsPerSecond, errorsPerSecond } = node;
  const out = map.edges.filter(({ from }) => from === name);
  return (
    <>
      <div className={classes.head}>
        <b>{name === 'users' ? t.users : managed ? <Go to={addresses.environment(map.environment, 'health')}>{name}</Go> : name}</b>
        {type !== undefined && <span className={classes.quiet}>{type}</span>}
        {disabled ? <span className={classes.quiet}>{t.disabled}</span> : status && <HealthBadge health={status} />}
        {version !== undefined && <Version version={version} />}
        <span className={classes.quiet}>
          {[managed ? desired > 0 && t.ready(f.number(ready), f.number(desired)) : t.outside, figure, requestsPerSecond > 0 && t.requestsLong(f.number(requestsPerSecond)), errorsPerSecond > 0 && t.errors(f.number(errorsPerSecond))]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </div>
      {out.length > 0 && (
        <ul className={classes.edges}>
          {out.map(({ to, kind, label, requestsPerSecond: rate }) => (
            <li key={`${to} ${kind} ${label ?? ''}`}>
              {t.kinds[kind]} <b>{to}</b> <span className={classes.quiet}>{[label ?? '', rate > 0 ? t.requestsLong(f.number(rate)) : ''].filter((word) => word !== '').join(' · ')}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
