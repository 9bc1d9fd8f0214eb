import { Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import type { Card, Overview } from '~/api/queries/overview';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { addresses } from '~/shell/addresses';
import { useFormat, useText } from '~/text/text';
import { rollbackBlocked } from './blocked';
import { errorShare, troubles, type Trouble } from './trouble';
import classes from './Troubles.module.css';

const most = 8; // the others are found below, first in their groups

/** What is not well, before everything else; one quiet line where all is. */
export function Troubles({ overview }: { overview: Overview }) {
  const t = useText().overview.trouble;
  const f = useFormat();
  const id = useId();
  const found = troubles(overview);
  if (found.length === 0) {
    return (
      <Text size="sm" className={classes.fine} role="status">
        <Icon name="check" /> <b>{t.fine}</b> {t.fineSays(f.number(overview.counts.active), f.number(overview.counts.environments))}
      </Text>
    );
  }
  return (
    <section className={classes.troubles} aria-labelledby={id} data-bad={found.some(isBad)}>
      <Title order={2} id={id} className={classes.title}>
        <Icon name="warn" /> {t.title} ({f.number(found.length)})
      </Title>
      <ul className={classes.list}>
        {found.slice(0, most).map((trouble) => (
          <li key={trouble.kind + ('card' in trouble ? trouble.card.id : '')} className={classes.one}>
            <One trouble={trouble} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Users are touched, or may be; the rest can wait for the morning. */
function isBad(trouble: Trouble): boolean {
  if (trouble.kind === 'last') return trouble.result === 'failed';
  return trouble.kind !== 'unwell' || trouble.card.status === 'failed' || trouble.card.current;
}

function One({ trouble }: { trouble: Trouble }) {
  const t = useText().overview.trouble;
  const { open } = useDialog();
  if (trouble.kind === 'adrift') {
    return (
      <Line name={t.adrift} says={t.adriftDo}>
        <Allowed needs="write" size="compact-sm" onClick={() => open('switch')}>
          {t.switch}
        </Allowed>
      </Line>
    );
  }
  if (trouble.kind === 'unknown') {
    return (
      <Line name={t.unknown} says={`${trouble.says}. ${t.unknownDo}`}>
        <CommandToCopy command={t.unknownCommand} />
      </Line>
    );
  }
  return <Environment trouble={trouble} />;
}

function Environment({ trouble }: { trouble: Extract<Trouble, { card: Card }> }) {
  const t = useText().overview;
  const words = useWords();
  const { open } = useDialog();
  const { card } = trouble;
  const { name, lastActivity: last, lastDeployment } = card;
  const name_ = (
    <Go to={addresses.environment(name)} fw={600}>
      {name}
    </Go>
  );
  const undo = (
    <Allowed needs="write" variant="default" size="compact-sm" blocked={rollbackBlocked(t.card, card)} aria-label={t.card.rollBackIn(name)} onClick={() => open('rollback', { environment: name, id: lastDeployment?.deploymentId })}>
      {t.trouble.rollBack}
    </Allowed>
  );
  if (trouble.kind === 'last') {
    return (
      <Line
        name={name_}
        tone={isBad(trouble) ? 'bad' : 'warn'}
        says={
          <>
            {trouble.result === 'failed' ? t.trouble.lastFailed : t.trouble.lastRolledBack}
            {last?.version !== undefined && ` (${last.version})`}
            {last && (
              <>
                , <Ago at={last.at} />
              </>
            )}
            {last?.reason !== undefined && last.reason !== '' && `: ${last.reason}`}
          </>
        }
      >
        <Go to={addresses.deployment(trouble.deployment)}>{t.trouble.look}</Go>
      </Line>
    );
  }
  return (
    <Line name={name_} tone={isBad(trouble) ? 'bad' : 'warn'} says={words(card)}>
      <Go to={addresses.environment(name, 'health')}>{t.trouble.look}</Go>
      <Go to={addresses.environment(name, 'logs')}>{t.trouble.logs}</Go>
      {undo}
    </Line>
  );
}

/** What is wrong with an environment, in one sentence. */
function useWords() {
  const t = useText();
  const f = useFormat();
  const w = t.overview.trouble;
  const healths: Partial<Record<string, string>> = t.parts.health;
  return (card: Card): string => {
    const { status, health, alerts = 0, unknown, lastActivity: last } = card;
    const said: string[] = [];
    if (status === 'failed') said.push(last?.result === 'failed' && last.reason ? `${w.failed} (${last.reason})` : w.failed);
    if (health && health.status !== 'healthy' && health.status !== 'idle') {
      said.push(w.health(healths[health.status] ?? health.status, f.number(health.ready), f.number(health.desired)));
      if (health.worst) said.push(w.worst(health.worst));
    }
    if (errorShare(card) > 0) said.push(w.errors(f.percent(errorShare(card), 1)));
    if (alerts > 0) said.push(w.alerts(alerts));
    if (unknown) said.push(`${w.unseen}: ${unknown}`);
    return said.join('; ');
  };
}

function Line({ name, says, tone = 'bad', children }: { name: ReactNode; says: ReactNode; tone?: 'bad' | 'warn'; children: ReactNode }) {
  return (
    <>
      <span className={classes.says}>
        <Icon name={tone === 'bad' ? 'cross' : 'warn'} style={{ color: `var(--state-${tone})`, verticalAlign: '-3px' }} /> {name} {says}
      </span>
      <span className={classes.acts}>{children}</span>
    </>
  );
}
