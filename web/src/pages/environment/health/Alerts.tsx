import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, once, randomKey, type Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import classes from './Alerts.module.css';

/** What is wrong by rule, and who looks after it. Nothing is shown where nothing is. */
export function Alerts({ environment, alerts }: { environment: string; alerts: readonly Schema<'Alert'>[] }) {
  const t = useText().environment.alerts;
  const open = alerts.filter(({ state }) => state === 'firing' || state === 'pending');
  if (open.length === 0) return null;
  return (
    <Section title={t.title}>
      <Stack gap="md">
        {open.map((alert) => (
          <Alert key={alert.name} environment={environment} alert={alert} />
        ))}
      </Stack>
    </Section>
  );
}

function Alert({ environment, alert }: { environment: string; alert: Schema<'Alert'> }) {
  const { environment: all, environment: { alerts: t } } = useText();
  const project = useProject();
  const queries = useQueryClient();
  const [comment, setComment] = useState('');
  const [key] = useState(randomKey);
  const acknowledge = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/api/system/environments/{id}/alerts/{name}/acknowledge', {
          params: { path: { id: environment, name: alert.name }, query: { project }, header: once(key) },
          body: comment.trim() === '' ? {} : { comment: comment.trim() },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['health'] }),
  });
  const firing = alert.state === 'firing';
  return (
    <div className={classes.alert} data-firing={firing}>
      <Group gap="sm">
        <Icon name={firing ? 'warn' : 'clock'} />
        <Text fw={600}>{alert.name}</Text>
        <Text c={firing ? 'var(--state-bad)' : 'var(--state-warn)'}>{t.states[alert.state]}</Text>
        <Text size="sm" c="dimmed">
          {t.since} <Ago at={alert.since} />
        </Text>
      </Group>
      {alert.summary && <Text>{alert.summary}</Text>}
      <Text size="sm" c="dimmed">
        {t.when} <code>{alert.when}</code>
      </Text>
      {alert.acknowledgedBy ? (
        <Text size="sm">
          {t.acknowledged} {all.revision.by(alert.acknowledgedBy)}, <Ago at={alert.acknowledgedAt} />
          {alert.comment && `: ${alert.comment}`}
        </Text>
      ) : (
        <Group gap="sm" mt={4}>
          <TextInput size="xs" aria-label={t.commentOn(alert.name)} placeholder={t.comment} value={comment} onChange={({ currentTarget }) => setComment(currentTarget.value)} style={{ flex: '1 1 200px', maxWidth: 420 }} />
          <Allowed needs="write" size="xs" variant="default" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
            {t.acknowledge}
          </Allowed>
        </Group>
      )}
      <ProblemNote error={acknowledge.error} />
    </div>
  );
}
