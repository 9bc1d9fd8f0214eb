import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { randomKey, type Schema } from '~/api/client';
import { change as ask, commandOf, type Change } from '~/api/queries/environment-changes';
import type { Environment } from '~/api/queries/environments';
import { Allowed } from '~/parts/Allowed';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ConfirmName } from '~/parts/ConfirmName';
import { Icon } from '~/parts/icons';
import { PlanView } from '~/parts/PlanView';
import { ProblemNote } from '~/parts/ProblemNote';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import type { ChangeName } from './change-search';

interface Props {
  name: ChangeName;
  service: string | undefined;
  to: number | undefined;
  environment: Environment;
  status: Schema<'StatusReport'>;
  onDone: () => void;
  onScale: (n: number) => void;
}

/** Those after which users are served worse, or not at all. */
const cuts: readonly ChangeName[] = ['stop', 'maintenance_on', 'disable', 'scale'];

export function ChangeForm({ name, service = '', to, environment, status, onDone, onScale }: Props) {
  const { environment: t, parts } = useText();
  const f = useFormat();
  const project = useProject();
  const [message, setMessage] = useState('');
  const [minutes, setMinutes] = useState('');
  const [sure, setSure] = useState(false);
  const [key] = useState(randomKey);
  const now = status.services.find((each) => each.name === service)?.desired ?? 1;
  const wanted = to ?? now;
  const [until, setUntil] = useState<string>();
  const what = changeOf(name, service, wanted, message, until);
  const [asked] = useDebouncedValue(what, 300);
  const plan = useQuery({
    queryKey: ['operations', { project, environment: environment.name, plan: asked }],
    queryFn: () => ask(environment.name, asked, { project, dryRun: true }),
  });
  const run = useMutation({ mutationFn: () => ask(environment.name, what, { project, key }), onSuccess: onDone });
  const confirms = environment.type === 'production' && cuts.includes(name) && !(name === 'scale' && wanted > now);
  let blocked: string | undefined;
  if (plan.error) blocked = t.change.refused;
  else if (!plan.data) blocked = t.change.asking;
  else if (name === 'scale' && wanted === now) blocked = t.change.sameScale;
  else if (confirms && !sure) blocked = parts.confirm.typeName(environment.name);
  return (
    <Stack gap="md">
      <Text>{t.change.says[name]}</Text>
      {name === 'scale' && (
        <Group gap="sm" role="group" aria-label={t.services.instancesOf(service)}>
          <ActionIcon variant="default" size="lg" aria-label={t.services.fewer(service)} disabled={wanted <= 0} onClick={() => onScale(wanted - 1)}>
            <Icon name="minus" />
          </ActionIcon>
          <Text className="figures" fw={600} miw={32} ta="center" aria-live="polite">
            {f.number(wanted)}
          </Text>
          <ActionIcon variant="default" size="lg" aria-label={t.services.more(service)} onClick={() => onScale(wanted + 1)}>
            <Icon name="plus" />
          </ActionIcon>
          <Text c="dimmed">{t.change.from(f.number(now))}</Text>
        </Group>
      )}
      {name === 'maintenance_on' && (
        <>
          <TextInput label={t.change.message} description={t.change.messageSays} value={message} maxLength={500} onChange={({ currentTarget }) => setMessage(currentTarget.value)} />
          <TextInput
            label={t.change.minutes}
            description={t.change.minutesSays}
            value={minutes}
            inputMode="numeric"
            onChange={({ currentTarget: { value } }) => {
              setMinutes(value);
              setUntil(Number(value) > 0 ? new Date(Date.now() + Number(value) * 60_000).toISOString() : undefined);
            }}
          />
        </>
      )}
      {plan.error && <ProblemNote error={plan.error} />}
      {plan.isPending && <Waiting for={t.change.plan} />}
      {plan.data && plan.data.length > 0 && <PlanView steps={plan.data} />}
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          {parts.sameByCommand}
        </Text>
        <CommandToCopy command={commandOf(environment.name, what.kind === 'maintenance_on' && minutes ? { ...what, until: `${minutes}m` } : what, project)} />
      </div>
      {confirms && <ConfirmName name={environment.name} onMatch={setSure} />}
      <ProblemNote error={run.error} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {parts.cancel}
        </Button>
        <Allowed needs="write" blocked={blocked} loading={run.isPending} onClick={() => run.mutate()}>
          {t.change.buttons[name]}
        </Allowed>
      </Group>
    </Stack>
  );
}

function changeOf(name: ChangeName, service: string, to: number, message: string, until: string | undefined): Change {
  switch (name) {
    case 'scale':
      return { kind: 'scale', services: { [service]: to } };
    case 'enable':
    case 'disable':
      return { kind: name, service };
    case 'maintenance_on':
      return { kind: 'maintenance_on', message: message.trim(), until };
    default:
      return { kind: name };
  }
}
