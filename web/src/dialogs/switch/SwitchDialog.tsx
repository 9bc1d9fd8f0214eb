import { Checkbox, List, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, list, type Schema } from '~/api/client';
import { liveQuery } from '~/api/queries/live';
import type { DialogProps } from '~/dialogs/Dialogs';
import { commandLine, flag } from '~/dialogs/parts/command';
import { DialogEnd } from '~/dialogs/parts/DialogEnd';
import { DialogFrame } from '~/dialogs/parts/DialogFrame';
import { PlannedSteps } from '~/dialogs/parts/PlannedSteps';
import { useChange } from '~/dialogs/parts/use-change';
import { useLead } from '~/dialogs/parts/use-lead';
import { ConfirmName } from '~/parts/ConfirmName';
import { Empty } from '~/parts/Empty';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { Target } from './Target';

/** Leads the project's live address, and with it its users, to another environment; or rehearses that. */
export function SwitchDialog({ preset, onClose }: DialogProps) {
  const t = useText().dialogs;
  const project = useProject();
  const lead = useLead();
  const query = useQuery(liveQuery(project));
  const live = query.data;
  const targets = list(live?.others);
  const [chosen, setTo] = useState(preset.environment);
  const [drill, setDrill] = useState(false);
  const [reason, setReason] = useState('');
  const [sureOf, setSureOf] = useState<string>();
  const ready = targets.filter((target) => target.ready);
  const to = chosen ?? (ready.length === 1 ? ready[0]?.environment : undefined);
  const target = targets.find(({ environment }) => environment === to);
  const isCurrent = to !== undefined && to === live?.environment?.name;
  const change = useChange<Schema<'Operation'>, Schema<'Operation'>, Schema<'EnvironmentSwitchOptions'>>({
    name: 'switch',
    body:
      to === undefined || live === undefined
        ? undefined
        : { targetEnvironmentId: to, epoch: live.epoch, ...(drill && { drill: true }), ...(reason.trim() !== '' && { reason: reason.trim() }) },
    send: (body, { signal, ...how }) => answer(api.POST('/api/system/environments/switch', { params: how, body, ...(signal && { signal }) })),
    done: ({ id }) => lead(addresses.operation(id)),
  });
  const { preview } = change;
  if (!live) {
    return (
      <DialogFrame title={t.switch.title} onClose={onClose}>
        {query.error ? <ProblemNote error={query.error} onRetry={() => void query.refetch()} /> : <Waiting for={t.switch.what} />}
      </DialogFrame>
    );
  }
  const from = live.environment;
  const waits = target?.needsApproval === true && !drill && !live.adrift;
  const sure = drill || sureOf === to;
  return (
    <DialogFrame title={to === undefined ? t.switch.title : drill ? t.switch.drillOf(to) : t.switch.to(to)} onClose={onClose} wide>
      <Text size="sm">
        {t.switch.leads(live.host)}{' '}
        {from ? (
          <>
            <b>{from.name}</b> (<Version version={from.metadata.version} />)
          </>
        ) : (
          <b>{t.switch.nowhere}</b>
        )}
        .
      </Text>
      {live.adrift && (
        <Text size="sm" c="var(--state-bad)">
          <Icon name="warn" size={14} /> {t.switch.adrift(live.adriftTo ?? '')}
        </Text>
      )}
      {targets.length === 0 && !live.adrift ? (
        <Empty title={t.switch.none} says={t.switch.noneSays} command="lockstep deploy ENV VERSION" />
      ) : (
        <Radio.Group label={t.switch.target} value={to ?? ''} onChange={setTo}>
          <Stack gap="sm" mt="xs">
            {targets.map((each) => (
              <Target key={each.environmentId} target={each} />
            ))}
            {live.adrift && from && <Radio value={from.name} label={t.switch.stay(from.name)} />}
          </Stack>
        </Radio.Group>
      )}
      {to !== undefined && (
        <>
          <Checkbox label={t.switch.drill} description={t.switch.drillSays} checked={drill} onChange={({ currentTarget: { checked } }) => setDrill(checked)} />
          <TextInput label={t.switch.reason} placeholder={t.switch.reasonLike} value={reason} onChange={({ currentTarget: { value } }) => setReason(value)} />
          {list(target?.disabled).length > 0 && (
            <Text size="sm" c="var(--state-warn)">
              <Icon name="warn" size={14} /> {t.switch.disabled(list(target?.disabled).join(', '))}
            </Text>
          )}
          {preview.error ? (
            <ProblemNote error={preview.error} onRetry={preview.again} />
          ) : !preview.answer ? (
            <Waiting for={t.switch.plan} />
          ) : (
            <PlannedSteps steps={preview.answer.steps} />
          )}
          <List size="sm" spacing={2}>
            <List.Item>{drill ? t.switch.drillMovesNobody : t.switch.inFlight}</List.Item>
            {!drill && <List.Item>{t.switch.backByItself}</List.Item>}
            {waits && <List.Item>{t.switch.waits}</List.Item>}
          </List>
          {!drill && <ConfirmName key={`sure of ${to}`} name={to} onMatch={(matches) => setSureOf(matches ? to : undefined)} />}
        </>
      )}
      <DialogEnd
        does={drill ? t.switch.rehearse : waits ? t.switch.ask : t.switch.do}
        needs="write"
        onClose={onClose}
        onConfirm={change.confirm}
        pending={change.pending}
        error={change.error}
        blocked={
          to === undefined
            ? t.chooseEnvironment
            : preview.error
              ? t.blocked.refused
              : isCurrent && !live.adrift
                ? t.switch.already(to)
                : !preview.current
                  ? t.blocked.asking
                  : sure
                    ? undefined
                    : t.blocked.name(to)
        }
        command={to === undefined ? undefined : commandLine(project, 'switch', to, drill && '--drill', ...flag('reason', reason.trim()))}
      />
    </DialogFrame>
  );
}
