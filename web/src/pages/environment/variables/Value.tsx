import { ActionIcon, Group } from '@mantine/core';
import { Icon } from '~/parts/icons';
import { useFormat, useText } from '~/text/text';
import { Reveal, useReveal } from './Reveal';
import type { Row } from './rows';
import { parseSlot } from './slot';
import classes from './Value.module.css';

interface Props {
  environment: string;
  project: string | undefined;
  row: Row;
  problem: string | undefined;
}

/** A value, and what it is about to be. That of a secret stays hidden, unless somebody asks for it. */
export function Value({ environment, project, row, problem }: Props) {
  const t = useText().variables;
  const f = useFormat();
  const { variable, slot } = row;
  const reveal = useReveal(environment, parseSlot(slot).key, slot, project);
  const [entry] = row.entries;
  const pending = entry?.change?.value;
  const secret = variable?.sensitive ?? entry?.change?.sensitive ?? false;
  return (
    <div className={classes.value}>
      {problem !== undefined && !entry && (
        <span data-tip={problem} className={classes.problem}>
          <Icon name="warn" size={14} /> {problem}
        </span>
      )}
      {variable?.sensitive ? (
        <Group gap={4} wrap="nowrap">
          {reveal.value === undefined ? (
            <span className={classes.hidden}>
              <Icon name="lock" size={14} /> {variable.secretVersion ? t.secretVersion(f.number(variable.secretVersion)) : t.noValue}
            </span>
          ) : (
            <>
              <code className={classes.text}>{reveal.value}</code>
              <ActionIcon variant="subtle" color="gray" aria-label={t.reveal.hide} onClick={reveal.hide}>
                <Icon name="cross" size={14} />
              </ActionIcon>
            </>
          )}
          {reveal.value === undefined && variable.secretVersion !== undefined && <Reveal name={slot} reveal={reveal} />}
        </Group>
      ) : (
        variable &&
        problem === undefined && (
          <code className={classes.text} data-old={entry !== undefined || undefined} title={variable.value}>
            {variable.value === '' ? <span className={classes.hidden}>{variable.defaultValue ?? t.noValue}</span> : variable.value}
          </code>
        )
      )}
      {pending !== undefined && (
        <code className={classes.text}>
          <span aria-hidden>→ </span>
          {secret ? '••••••••' : pending}
        </code>
      )}
    </div>
  );
}
