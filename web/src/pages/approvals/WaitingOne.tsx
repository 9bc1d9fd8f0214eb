import { Group, Text, Title } from '@mantine/core';
import type { Schema } from '~/api/client';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import classes from './WaitingOne.module.css';

/** One thing that waits: what, why, since when, and the two answers. */
export function WaitingOne({ waiting }: { waiting: Schema<'Approval'> }) {
  const texts = useText();
  const t = texts.approvals;
  const { open } = useDialog();
  const { operationId, kind, environment, version, strategy, mayApprove, whyNot } = waiting;
  const text = waiting.text.charAt(0).toUpperCase() + waiting.text.slice(1);
  const blocked = mayApprove ? undefined : (whyNot ?? t.notYou);
  const preset = { id: operationId, environment };
  return (
    <li className={classes.one} aria-label={text}>
      <div className={classes.words}>
        <Group gap="xs" mb={4}>
          <Icon name={kind === 'switch' ? 'switch' : 'deploy'} />
          <Title order={3}>{kind === 'deploy' ? <Go to={addresses.deployment(operationId)}>{text}</Go> : text}</Title>
        </Group>
        {waiting.description !== undefined && waiting.description !== '' && <Text mb="sm">{waiting.description}</Text>}
        <Facts
          rows={[
            [t.waitsFor, waiting.waitsFor],
            [t.askedBy, waiting.askedBy],
            [t.since, <Ago key="since" at={waiting.since} />],
            [t.until, waiting.until === undefined ? undefined : <Ago key="until" at={waiting.until} />],
            [t.startsAt, waiting.scheduledFor === undefined ? undefined : <Ago key="at" at={waiting.scheduledFor} exact />],
            [t.environment, kind === 'deploy' ? <Go key="environment" to={addresses.environment(environment)}>{environment}</Go> : undefined],
            [t.version, version === undefined || version === '' ? undefined : <Version key="version" version={version} />],
            [t.strategy, strategy && texts.parts.strategy[strategy]],
            [t.reason, waiting.reason],
            [t.whyNot, mayApprove ? undefined : whyNot],
          ]}
        />
      </div>
      <div className={classes.answers}>
        <Allowed needs="approve" blocked={blocked} onClick={() => open('approve', preset)} leftSection={<Icon name="check" />} aria-label={t.approveOf(waiting.text)}>
          {t.approve}
        </Allowed>
        <Allowed needs="approve" blocked={blocked} variant="default" onClick={() => open('reject', preset)} leftSection={<Icon name="cross" />} aria-label={t.rejectOf(waiting.text)}>
          {t.reject}
        </Allowed>
      </div>
    </li>
  );
}
