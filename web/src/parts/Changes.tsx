import { useText } from '~/text/text';
import classes from './Changes.module.css';
import { Icon, type IconName } from './icons';

interface Change {
  path: string;
  type: string;
  oldValue?: unknown;
  newValue?: unknown;
  reason?: string | undefined;
}

const signs: Partial<Record<string, IconName>> = { add: 'plus', modify: 'edit', remove: 'minus' };

/** A value as one line: texts as they are, everything else as JSON. */
export function lineOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What changes in a configuration, path by path: `<Changes changes={result.changes} />`. */
export function Changes({ changes }: { changes: readonly Change[] }) {
  const t = useText().parts.changes;
  if (changes.length === 0) return <p className={classes.none}>{t.none}</p>;
  return (
    <ul className={classes.list} aria-label={t.title}>
      {changes.map(({ path, type, oldValue, newValue, reason }) => (
        <li key={path} className={classes.change} data-type={type}>
          <Icon name={signs[type] ?? 'dot'} size={14} className={classes.sign} />
          <span className={classes.word}>{type === 'add' ? t.added : type === 'remove' ? t.removed : t.changed}</span>
          <code className={classes.path}>{path}</code>
          <span className={classes.values}>
            {type !== 'add' && <del>{lineOf(oldValue)}</del>}
            {type === 'modify' && <span aria-hidden> → </span>}
            {type !== 'remove' && <ins>{lineOf(newValue)}</ins>}
          </span>
          {reason && <span className={classes.reason}>{reason}</span>}
        </li>
      ))}
    </ul>
  );
}
