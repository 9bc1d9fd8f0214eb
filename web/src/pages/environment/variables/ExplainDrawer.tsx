import { Drawer, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schema } from '~/api/client';
import { explainQuery } from '~/api/queries/config';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import classes from './ExplainDrawer.module.css';
import { parseSlot } from './slot';
import { From } from './VariableTable';

type Explanation = Schema<'ConfigExplanation'>;

/** Who says a variable: the one that wins first, and why the others do not. */
export function ExplainDrawer({ environment, slot, onClose }: { environment: string; slot: string; onClose: () => void }) {
  const t = useText().variables;
  const { key } = parseSlot(slot);
  const explained = useQuery(explainQuery(environment, key, useProject()));
  return (
    <Drawer opened onClose={onClose} position="right" size="min(560px, 100vw)" title={t.chain.title(key)} closeButtonProps={{ 'aria-label': t.save.hide }}>
      {explained.error && <ProblemNote error={explained.error} onRetry={() => void explained.refetch()} />}
      {explained.isPending && <Waiting for={t.chain.what} />}
      <Stack gap="xl">
        {explained.data?.length === 0 && <Text c="dimmed">{t.chain.none}</Text>}
        {alike(explained.data ?? []).map(({ services, of }) => (
          <One key={services.join()} services={services} of={of} />
        ))}
      </Stack>
    </Drawer>
  );
}

/** Services that get the same for the same reasons are told of together. */
export function alike(all: readonly Explanation[]): { services: string[]; of: Explanation }[] {
  const groups = new Map<string, { services: string[]; of: Explanation }>();
  for (const of of all) {
    const mark = JSON.stringify({ ...of, service: '' });
    const group = groups.get(mark);
    if (group) group.services.push(of.service);
    else groups.set(mark, { services: [of.service], of });
  }
  return [...groups.values()];
}

function One({ services, of }: { services: readonly string[]; of: Explanation }) {
  const t = useText().variables.chain;
  const scopeOf = ({ scope, target = '' }: Schema<'ConfigSaid'>) => (scope === 'service' ? t.service(target) : scope === 'feature' ? t.feature(target) : t.global);
  return (
    <section aria-label={t.for(services.join(', '))}>
      <Title order={3}>{t.for(services.filter(Boolean).join(', ') || t.nobody)}</Title>
      <code className={classes.value}>{of.value}</code>
      {of.problems.map(({ message }) => (
        <Text key={message} size="sm" c="var(--state-warn)">
          <Icon name="warn" size={14} /> {message}
        </Text>
      ))}
      <ol className={classes.chain}>
        {of.said.map((said) => (
          <li key={`${said.level} ${said.owner} ${said.scope} ${said.target ?? ''} ${said.source}`} className={classes.link} data-wins={said.wins || undefined}>
            <Icon name={said.wins ? 'check' : 'minus'} size={14} />
            <div>
              <div className={classes.who}>
                <From level={said.level} owner={said.owner} matrix={said.source === 'import' && said.modifiedBy === ''} />, {scopeOf(said)}
                {said.wins && <strong> · {t.wins}</strong>}
              </div>
              <code>{said.value}</code>
              {said.why && <div className={classes.why}>{said.why}</div>}
            </div>
          </li>
        ))}
      </ol>
      {of.references.length > 0 && (
        <>
          <Text size="sm" fw={500}>
            {t.refers}
          </Text>
          <ul className={classes.chain}>
            {of.references.map(({ key, value, level, owner }) => (
              <li key={key} className={classes.link}>
                <Icon name="link" size={14} />
                <div>
                  <code>
                    {key} = {value}
                  </code>
                  <div className={classes.why}>
                    <From level={level} owner={owner} matrix={false} />
                  </div>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
