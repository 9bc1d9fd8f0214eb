import { Text } from '@mantine/core';
import type { Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { HealthBadge } from '~/parts/StatusBadge';
import { Section } from '~/parts/Section';
import { useText } from '~/text/text';
import classes from './Changes.module.css';

/** When services became well or unwell, the latest first. */
export function Changes({ changes }: { changes: readonly Schema<'HealthChange'>[] }) {
  const t = useText().environment.health;
  return (
    <Section title={t.changes}>
      {changes.length === 0 && <Text c="dimmed">{t.noChanges}</Text>}
      <ul className={classes.list}>
        {changes.slice(0, 12).map((change) => (
          <li key={change.id} className={classes.change}>
            <span className={classes.what}>
              <strong>{change.serviceName}</strong> <HealthBadge health={change.status} />
            </span>
            <span className={classes.when}>
              <Ago at={change.checkedAt} />
            </span>
            {change.errorMessage && <span className={classes.why}>{change.errorMessage}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
