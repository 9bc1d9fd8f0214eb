import { list, type Schema } from '~/api/client';
import { Hash } from '~/parts/Version';
import { useText } from '~/text/text';
import classes from './Changes.module.css';

/** What differs between two releases, service by service. */
export function ServiceDiffs({ services }: { services: readonly Schema<'ServiceDiff'>[] }) {
  const t = useText().deployment.changes;
  return (
    <ul className={classes.list}>
      {services.map((service) => (
        <li key={service.name}>
          <span className={classes.name}>{service.name}</span> {t.kind[service.change]}
          {service.artifact === true && service.change === 'changed' && `, ${t.otherFiles}`}
          {list(service.changes).length > 0 && <ConfigChanges changes={list(service.changes)} />}
        </li>
      ))}
    </ul>
  );
}

/** What differs between two configurations, or two specs: each place, from what to what. */
export function ConfigChanges({ changes }: { changes: readonly Schema<'ConfigChange'>[] }) {
  const t = useText().deployment.changes;
  return (
    <ul className={classes.changes}>
      {changes.map((change) => (
        <li key={change.path} className={classes.change}>
          <code className={classes.path}>{change.path}</code>
          <span className={classes.values}>
            <Value value={change.oldValue} none={t.nothing} />
            <span aria-label={t.becomes}> → </span>
            <Value value={change.newValue} none={t.nothing} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Value({ value, none }: { value: unknown; none: string }) {
  if (value === undefined || value === null) return <span className={classes.none}>{none}</span>;
  if (typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value)) return <Hash value={value} length={12} />;
  return <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>;
}
